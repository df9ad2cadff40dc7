use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = "users:<id>:name"
        mail(id: u64) = "users:<id>:mail"
        #[deprecated]
        all() = "users:all"
    }
}

fn main() {}
