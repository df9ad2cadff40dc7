use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: u64) -> u64 {
    drop(id);
}

fn main() {
    let _ = user(1);
}
