use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(row), background)]
async fn user<T: Clone + Send + Sync>(id: u64, row: &T) -> u64 {
    let _ = row;
    id
}

fn main() {}
