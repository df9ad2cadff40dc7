use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64) = "users:<id:name";
        page(id: u64) = "users::page <id>";
    }
}

#[cached_runtime::cached(key = users::name, ttl = 60)]
async fn name(id: u64) -> u64 {
    id
}

fn main() {
    let _ = users::name(1);
    let _ = name(1);
}
