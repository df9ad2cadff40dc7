use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        page = "users:<id>:page:<page>";
        count = "users:count";
    }
}

fn main() {}
