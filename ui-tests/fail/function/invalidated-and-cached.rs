use cached_runtime::{cached, invalidates};

#[invalidates("users:*")]
#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = user(1);
}
