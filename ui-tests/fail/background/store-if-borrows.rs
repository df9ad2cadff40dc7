use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(least), store_if = |user: &u64| *user > least, background)]
async fn user(id: u64, least: u64) -> u64 {
    id + least
}

fn main() {}
