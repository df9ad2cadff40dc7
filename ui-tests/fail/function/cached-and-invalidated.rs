use cached_runtime::{cached, invalidates};

#[cached(key = "user:<id>", ttl = 300)]
#[invalidates("users:*")]
async fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = user(1);
}
