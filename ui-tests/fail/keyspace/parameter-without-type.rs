use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id) = "users:<id>:name";
    }
}

fn main() {}
