use cached_runtime::cached;

struct User {
    id: u64,
}

#[cached(key = "list:<user>", ttl = 300)]
async fn list(user: Option<&User>) -> u64 {
    user.map_or(0, |user| user.id)
}

fn main() {
    let _ = list(None);
}
