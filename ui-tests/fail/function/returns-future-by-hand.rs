use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
fn user(id: u64) -> impl Future<Output = u64> {
    async move { id }
}

fn main() {
    let _ = user(1);
}
