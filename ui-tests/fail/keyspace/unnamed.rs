use cached_runtime::keyspace;

keyspace! {
    pub mod {
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
