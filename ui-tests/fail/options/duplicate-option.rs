use cached_runtime::cached;

#[cached(
    key = "conversations:user:<user_id>:page:<page>",
    ttl = 300,
    jitter = "10%",
    none_ttl = "10s",
    ttl = "5m"
)]
async fn list(user_id: u64, page: u32) -> Vec<u8> {
    vec![user_id as u8, page as u8]
}

fn main() {
    let _ = list(1, 2);
}
