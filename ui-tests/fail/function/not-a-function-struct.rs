use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
pub(crate) struct User {
    id: u64,
}

fn main() {
    let _ = User { id: 1 }.id;
}
