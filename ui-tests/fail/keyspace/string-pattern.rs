use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates("order:customer:<customer>*", "orders:custmer:<customer>*", "orders:one:<customer>:x", in = orders)]
async fn close(customer: u64) {
    let _ = customer;
}

fn main() {}
