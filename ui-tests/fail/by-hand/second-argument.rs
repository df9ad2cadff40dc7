use cached_runtime::key;

fn main() {
    let id = 1;
    let _ = key!("user:<id>", id);
}
