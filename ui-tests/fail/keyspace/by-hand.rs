use cached_runtime::pattern;
use cached_tests_services::keys::orders;



fn main() {
    let _ = orders::of_customer("1", None);
    let _ = orders::of_customer(1);
    let _ = pattern!(orders::of_customer("1", ..));
}
