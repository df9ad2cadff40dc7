use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::of_customer, tll = 60)]
async fn list(customer: u64) -> u64 {
    customer
}

fn main() {
    let _ = list(1);
}
