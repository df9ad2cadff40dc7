use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        one(part: &str, id: u64) = "users:<part>:of:<id>";
        other(kind: &str) = "users:page:<kind>:7";
    }
}

fn main() {}
