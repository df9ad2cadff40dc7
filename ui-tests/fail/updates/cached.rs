use cached_runtime::{cached, updates};

#[updates(key = "user:<id>", ttl = 300)]
#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = user(1);
}
