use cached_runtime::{LoadTimeout, cached};

const LIMIT: u64 = 2;

#[cached(key = "list:<user_id>", ttl = 300, timeout = LIMIT)]
async fn list(user_id: u64) -> Result<u64, LoadTimeout> {
    Ok(user_id)
}

fn main() {
    let _ = list(1);
}
