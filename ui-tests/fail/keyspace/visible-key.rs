use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        pub name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
