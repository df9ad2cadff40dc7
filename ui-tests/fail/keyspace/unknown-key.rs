use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::of_custmer, ttl = 60)]
async fn list(customer: u64, state: Option<&str>) -> u64 {
    customer + state.map_or(0, |state| state.len() as u64)
}

fn main() {
    let _ = list(1, None);
}
