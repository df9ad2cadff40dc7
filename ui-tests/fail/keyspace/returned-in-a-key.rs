use cached_runtime::updates;
use cached_tests_services::keys::orders;

#[updates(key = orders::of_customer(ret.customer, None), ttl = 60)]
async fn close(customer: u64) -> u64 {
    customer
}

fn main() {}
