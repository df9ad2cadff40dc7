use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name((id, page): (u64, u32)) = "users:<id>:<page>";
    }
}

fn main() {}
