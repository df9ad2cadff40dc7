use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::one(number), ttl = 60)]
async fn one(number: u64) -> u64 {
    number
}

fn main() {}
