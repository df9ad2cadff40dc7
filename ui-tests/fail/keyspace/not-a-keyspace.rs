use cached_runtime::cached;

mod limits {
    pub const KEY: &str = "orders:count";
}

#[cached(key = limits::KEY, ttl = 60)]
async fn count() -> u64 {
    1
}

fn main() {}
