use cached_runtime::cached;
use std::rc::Rc;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(row), background)]
async fn user(id: u64, row: Rc<u64>) -> u64 {
    id + *row
}

fn main() {}
