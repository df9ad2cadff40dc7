use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::of_customer(ret.customer, ..))]
async fn open() {}

fn main() {}
