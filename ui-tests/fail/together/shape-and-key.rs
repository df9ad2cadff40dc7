use cached_runtime::cached;

struct Lists;

impl Lists {
    #[cached(key = "list::<user-id>", ttl = "5 minutes", skip(pge))]
    fn list(&mut self, user_id: u64, page: u32) -> &str {
        drop((user_id, page));
        "list"
    }
}

fn main() {
    let _ = Lists.list(1, 2);
}
