use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        by_status = "users:<tenant: u64>:status:<status: Option<&str>>";
    }
}

fn main() {}
