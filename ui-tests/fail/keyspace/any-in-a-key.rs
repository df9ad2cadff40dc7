use cached_runtime::updates;
use cached_tests_services::keys::orders;

#[updates(key = orders::of_customer(_, state), ttl = 60)]
async fn close(state: Option<&str>) -> usize {
    state.map_or(0, str::len)
}

fn main() {}
