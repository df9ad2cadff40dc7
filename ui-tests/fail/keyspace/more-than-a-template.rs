use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        all() = "users:all" as Key;
        name(id: u64) = "users:<id>:name" { "users:<id>:nick" };
        mail(id: u64, kind: &str) = "users:<id>:mail:<kind>", ttl = 60;
    }
}

fn main() {}
