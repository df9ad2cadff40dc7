use cached_runtime::cached;
use std::time::Duration;

const REVALIDATE: Duration = Duration::from_secs(600);
const ERROR: Duration = Duration::from_secs(300);

#[cached(key = "list:<user_id>:<page>", ttl = 300, stale_while_revalidate = REVALIDATE, stale_if_error = ERROR)]
async fn list(user_id: u64, page: u32) -> Vec<u8> {
    vec![user_id as u8, page as u8]
}

fn main() {
    let _ = list(1, 2);
}
