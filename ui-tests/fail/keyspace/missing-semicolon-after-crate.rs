use cached_runtime::keyspace;

keyspace! {
    crate = ::cached_runtime

    pub mod users {
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
