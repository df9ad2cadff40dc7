use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::route(_, to))]
async fn close(to: &str) {
    let _ = to;
}

fn main() {}
