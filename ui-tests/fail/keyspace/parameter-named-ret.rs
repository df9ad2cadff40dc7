use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

#[invalidates(orders::of_customer(ret, ..))]
async fn open(ret: u64) -> u64 {
    ret
}

fn main() {}
