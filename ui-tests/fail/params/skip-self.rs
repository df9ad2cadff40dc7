use cached_runtime::cached;

struct Lists;

impl Lists {
    #[cached(key = "list:<user_id>", ttl = 300, skip(self))]
    async fn list(&self, user_id: u64) -> u64 {
        user_id
    }
}

fn main() {
    let _ = Lists.list(1);
}
