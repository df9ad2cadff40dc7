use cached_runtime::invalidates;

#[invalidates("user:<ret>*")]
async fn rename(ret: u64) -> u64 {
    ret
}

fn main() {
    let _ = rename(1);
}
