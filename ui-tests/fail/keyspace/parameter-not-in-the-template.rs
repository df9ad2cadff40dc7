use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64, page: u32) = "users:<id>:name";
    }
}

fn main() {}
