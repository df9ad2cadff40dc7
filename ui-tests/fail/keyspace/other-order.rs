use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        page(page: u32, id: u64) = "users:<id>:page:<page>";
    }
}

fn main() {}
