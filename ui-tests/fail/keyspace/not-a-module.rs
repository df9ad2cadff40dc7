use cached_runtime::keyspace;

keyspace! {
    pub struct users {
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
