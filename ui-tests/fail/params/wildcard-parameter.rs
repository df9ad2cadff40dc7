use cached_runtime::cached;

#[cached(key = "list:<user_id>", ttl = 300)]
async fn list(user_id: u64, _: u32) -> u64 {
    user_id
}

fn main() {
    let _ = list(1, 2);
}
