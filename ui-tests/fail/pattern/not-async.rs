use cached_runtime::invalidates;

#[invalidates("user:<id>*")]
fn rename(id: u64) -> u64 {
    id
}

fn main() {
    let _ = rename(1);
}
