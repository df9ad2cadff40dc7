use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::on(order), orders::of_customer(order, ..))]
async fn close(order: u64) {
    let _ = order;
}

fn main() {
    let _ = close(1);
}
