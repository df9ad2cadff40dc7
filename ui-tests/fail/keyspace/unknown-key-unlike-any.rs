use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::invoice, ttl = 60)]
async fn list(customer: u64) -> u64 {
    customer
}

fn main() {}
