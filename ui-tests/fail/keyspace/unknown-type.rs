use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u46) = "users:<id>:name";
    }
}

fn main() {}
