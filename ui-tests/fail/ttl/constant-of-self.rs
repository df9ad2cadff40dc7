use cached_runtime::cached;
use std::time::Duration;

struct Lists;

impl Lists {
    const TTL: Duration = Duration::from_secs(300);

    #[cached(key = "list:<user_id>", ttl = Self::TTL)]
    async fn list(&self, user_id: u64) -> u64 {
        user_id
    }
}

fn main() {
    let _ = Lists.list(1);
    let _ = Lists::TTL;
}
