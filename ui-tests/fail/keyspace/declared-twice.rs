use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = "users:<id>:name";
        name(id: u64) = "users:<id>:mail";
    }
}

fn main() {}
