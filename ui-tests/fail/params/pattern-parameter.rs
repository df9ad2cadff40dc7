use cached_runtime::cached;

#[cached(key = "list:<a>:<b>", ttl = 300)]
async fn list((a, b): (u64, u64)) -> u64 {
    a + b
}

fn main() {
    let _ = list((1, 2));
}
