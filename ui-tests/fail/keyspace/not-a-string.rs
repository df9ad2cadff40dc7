use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = 5;
        mail(id: u64) = format!("users:{id}");
        nick(id: u64) = b"users:<id>:nick";
    }
}

fn main() {}
