use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::count, in = orders)]
async fn close() {}

fn main() {}
