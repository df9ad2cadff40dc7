use std::time::Duration;

use cached_runtime::{Policy, cached};

const POLICY: Policy = Policy::new(Duration::from_secs(300)).tti(Duration::ZERO);

#[cached(key = "list:<user_id>", policy = POLICY)]
async fn list(user_id: u64) -> u64 {
    user_id
}

fn main() {
    let _ = list(1);
}
