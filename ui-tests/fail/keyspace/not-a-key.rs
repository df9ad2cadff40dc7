use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        "users:all";
        (id: u64) = "users:<id>:name";
        match(id: u64) = "users:<id>:match";
        mail(id: u64) = "users:<id>:mail";
    }
}

fn main() {}
