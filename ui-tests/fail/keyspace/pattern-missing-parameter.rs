use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::of_customer)]
async fn close(customer: u64) {
    let _ = customer;
}

fn main() {}
