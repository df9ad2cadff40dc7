use cached_runtime::cached;
use cached_tests_services::keys::orders;

#[cached(key = orders::of_customer, ttl = 60)]
async fn list(customer: u32, state: Option<String>) -> usize {
    customer as usize + state.map_or(0, |state| state.len())
}

fn main() {
    let _ = list(1, None);
}
