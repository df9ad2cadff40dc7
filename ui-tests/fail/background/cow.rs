use cached_runtime::cached;
use std::borrow::Cow;

#[cached(key = "user:<id>", ttl = 300, stale_while_revalidate = "5m", skip(name), background)]
async fn user(id: u64, name: Cow<'_, str>) -> u64 {
    id + name.len() as u64
}

fn main() {}
