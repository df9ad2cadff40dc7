use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates("orders:invoice:<customer>", in = orders)]
async fn close(customer: u64) {
    let _ = customer;
}

fn main() {}
