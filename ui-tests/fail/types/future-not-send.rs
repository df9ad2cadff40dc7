use cached_runtime::cached;

use std::rc::Rc;

#[cached(key = "rows:<id>", ttl = 300)]
async fn rows(id: u64) -> u64 {
    let shared = Rc::new(id);
    std::future::ready(()).await;
    *shared
}

fn spawn(_: impl Future<Output = u64> + Send) {}

fn main() {
    let _ = spawn(rows(1));
}
