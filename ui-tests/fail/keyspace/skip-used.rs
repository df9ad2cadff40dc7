use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::of_customer, ttl = 60, skip(state))]
async fn list(customer: u64, state: Option<&str>) -> u64 {
    customer + state.map_or(0, |state| state.len() as u64)
}

fn main() {}
