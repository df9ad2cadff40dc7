use cached_runtime::key;

fn main() {
    let user = Vec::<std::time::Duration>::new();
    let _ = key!("user:<user>");
}
