use cached_runtime::cached;

use std::pin::Pin;

#[cached(key = "user:<id>", ttl = 300)]
fn user(id: u64) -> Pin<Box<dyn Future<Output = u64>>> {
    let later = async move { id };
    Box::pin(later)
}

fn main() {
    let _ = user(1);
}
