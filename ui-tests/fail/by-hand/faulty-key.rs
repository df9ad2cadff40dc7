use cached_runtime::key;

fn main() {
    let id = 1;
    let key: cached_runtime::Key = key!("user::<id><id>:*");
    drop((id, key));
}
