use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::count, orders::of_customer(customer, ..), orders::count)]
async fn close(customer: u64) {
    let _ = customer;
}

fn main() {}
