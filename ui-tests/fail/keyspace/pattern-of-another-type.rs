use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::of_customer(customer, ..))]
async fn close(customer: &str) {
    let _ = customer;
}

fn main() {}
