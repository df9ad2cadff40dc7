use cached_runtime::keyspace;

keyspace! {
    pub mod nothing {}
}

mod inner {
    cached_runtime::keyspace! {
        mod users {
            name(id: u64) = "users:<id>:name";
        }
    }
}

#[cached_runtime::cached(key = inner::users::name, ttl = 60)]
async fn name(id: u64) -> u64 {
    id
}

fn main() {}
