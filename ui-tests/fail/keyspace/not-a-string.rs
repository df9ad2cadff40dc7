use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = 5;
        mail(id: u64) = format!("users:{id}");
    }
}

fn main() {}
