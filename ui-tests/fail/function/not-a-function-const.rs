use cached_runtime::cached;

#[cached(key = "limit", ttl = 300)]
const LIMIT: u64 = 5;

fn main() {
    let _ = LIMIT;
}
