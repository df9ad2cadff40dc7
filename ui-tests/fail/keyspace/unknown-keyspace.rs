use cached_runtime::cached;

#[cached(key = order::count, ttl = 60)]
async fn count() -> u64 {
    1
}

fn main() {
    let _ = count();
}
