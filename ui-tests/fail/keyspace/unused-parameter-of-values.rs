use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::of_customer(customer, Some("open")), ttl = 60)]
async fn open(customer: u64, page: u32) -> u64 {
    customer + u64::from(page)
}

fn main() {}
