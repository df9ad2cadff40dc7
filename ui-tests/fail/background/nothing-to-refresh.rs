use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, stale_if_error = "5m", background)]
async fn user(id: u64) -> u64 {
    id
}

fn main() {}
