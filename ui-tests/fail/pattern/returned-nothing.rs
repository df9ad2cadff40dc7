use cached_runtime::invalidates;

#[invalidates("user:<ret.id>*")]
async fn rename(id: u64) {
    drop(id);
}

fn main() {
    let _ = rename(1);
}
