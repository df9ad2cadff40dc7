use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::one(ordre), ttl = 60, skip(order))]
async fn one(order: u64) -> u64 {
    order
}

fn main() {}
