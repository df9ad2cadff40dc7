use cached_runtime::cached;

#[cached(key = "list:<user>", ttl = 300)]
async fn list(user: impl Into<u64>) -> u64 {
    user.into()
}

fn main() {
    let _ = list(1_u32);
}
