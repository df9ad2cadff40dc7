use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        by_name(name: &str) = "users:<name>";
        online() = "users:online";
    }
}

fn main() {}
