use cached_runtime::cached;

#[cached(key = one(order), ttl = 60)]
async fn load(order: u64) -> u64 {
    order
}

fn main() {}
