use cached_runtime::key;

fn main() {
    let _ = key!();
}
