use cached_runtime::invalidates;

#[invalidates("user:<id>*")]
async fn rename(_: u64) -> u64 {
    0
}

fn main() {
    let _ = rename(1);
}
