use cached_runtime::key;



fn main() {
    let _ = key!(cached_tests_services::keys::orders::of_customer(1, None));
}
