use cached_runtime::cached;

mod config {
    use std::time::Duration;

    pub const TTL: Duration = Duration::from_secs(0);
}

#[cached(key = "list:<user_id>:<page>", ttl = config::TTL)]
async fn list(user_id: u64, page: u32) -> Vec<u8> {
    vec![user_id as u8, page as u8]
}

fn main() {
    let _ = list(1, 2);
}
