use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::count(customer), ttl = 60)]
async fn count(customer: u64) -> u64 {
    customer
}

fn main() {}
