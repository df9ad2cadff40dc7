use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300, caches = "users")]
async fn rename(id: u64) -> u64 {
    id
}

fn main() {
    let _ = rename(1);
}
