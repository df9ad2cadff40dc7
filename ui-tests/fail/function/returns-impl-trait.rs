use cached_runtime::cached;

#[cached(key = "users:<count>", ttl = 300)]
async fn users(count: u64) -> impl Iterator<Item = u64> {
    0..count
}

fn main() {
    let _ = users(1);
}
