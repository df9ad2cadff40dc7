use cached_runtime::{invalidates, keyspace};

keyspace! {
    pub mod users {
        either(id: u64) = "users:(a|b)+:<id>:name";
        dotted(id: u64) = "users:<id>.+";
    }
}

#[invalidates(users::either)]
async fn rename(id: u64) {
    let _ = id;
}

#[invalidates(users::either(..))]
async fn clear() {}

#[invalidates(users::dotted)]
async fn forget(id: u64) {
    let _ = id;
}

fn main() {}
