use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        const LIMIT: u64 = 5;
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
