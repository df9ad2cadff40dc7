use cached_runtime::invalidates;

#[invalidates("user:<id>*")]
async fn rename((id, _): (u64, u64)) -> u64 {
    id
}

fn main() {
    let _ = rename((1, 2));
}
