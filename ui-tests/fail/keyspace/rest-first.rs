use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::of_customer(.., state))]
async fn close(state: Option<&str>) {
    let _ = state;
}

fn main() {}
