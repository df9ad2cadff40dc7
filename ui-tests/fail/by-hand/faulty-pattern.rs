use cached_runtime::pattern;

fn main() {
    let id = 1;
    let pattern: cached_runtime::Pattern = pattern!("user:<id>:.*");
    drop((id, pattern));
}
