use cached_runtime::updates;
use cached_tests_services::keys::orders;

#[updates(key = orders::count, ttl = 60)]
#[updates(key = orders::count, ttl = 30)]
async fn close() -> u64 {
    1
}

fn main() {}
