use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = "users:<id>";
        mail(user: u64) = "users:<user>";
    }
}

fn main() {}
