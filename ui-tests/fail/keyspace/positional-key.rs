use cached_runtime::cached;

#[cached(cached_tests_services::keys::orders::count, ttl = 60)]
async fn count() -> u64 {
    1
}

fn main() {}
