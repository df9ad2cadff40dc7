use cached_runtime::keyspace;

keyspace! {
    {
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
