use cached_runtime::pattern;
use cached_tests_services::keys::orders;



fn main() {
    let _ = orders::of_custmer(1, None);
    let _ = pattern!(orders::of_custmer(1, ..));
    let _ = pattern!(orders::of_customer(.., None));
}
