use cached_runtime::cached;
use std::cell::Cell;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(row), background)]
async fn user(id: u64, row: &Cell<u64>) -> u64 {
    id + row.get()
}

fn main() {}
