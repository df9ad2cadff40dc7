use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64);
        mail(id: u64) = ;
    }
}

fn main() {}
