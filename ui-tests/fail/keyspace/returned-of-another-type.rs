use cached_runtime::invalidates;
use cached_tests_services::keys::orders;

struct Order {
    id: u64,
}

#[invalidates(orders::one(ret.id))]
async fn open() -> Order {
    Order { id: 1 }
}

fn main() {}
