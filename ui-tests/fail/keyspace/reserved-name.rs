use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        keyspace(id: u64) = "users:<id>:name";
    }
}

fn main() {}
