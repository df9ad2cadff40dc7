use cached_runtime::invalidates;

#[invalidates("user:<idd>*", "*", ttl = 5, onn = "ok")]
fn rename(id: u64) -> u64 {
    id
}

fn main() {
    let _ = rename(1);
}
