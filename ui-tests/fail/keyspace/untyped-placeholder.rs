use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        page(id: u64) = "users:<id>:page:<page>";
    }
}

fn main() {}
