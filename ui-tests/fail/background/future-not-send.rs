use cached_runtime::cached;
use std::rc::Rc;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", background)]
async fn user(id: u64) -> u64 {
    let held = Rc::new(id);
    std::future::ready(()).await;
    *held
}

fn main() {}
