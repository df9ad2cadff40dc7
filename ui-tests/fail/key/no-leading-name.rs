use cached_runtime::cached;

#[cached(key = "<id>:user", ttl = 300)]
async fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = user(1);
}
