use cached_runtime::{LoadTimeout, cached};
use std::time::Duration;

const AT_ONCE: Duration = Duration::ZERO;

#[cached(key = "list:<user_id>", ttl = 300, timeout = AT_ONCE)]
async fn list(user_id: u64) -> Result<u64, LoadTimeout> {
    Ok(user_id)
}

fn main() {
    let _ = list(1);
}
