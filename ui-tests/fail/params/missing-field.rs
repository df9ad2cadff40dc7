use cached_runtime::cached;

struct User {
    id: u64,
}

#[cached(key = "list:<user.idd>", ttl = 300)]
async fn list(user: User) -> u64 {
    user.id
}

fn main() {
    let _ = list(User { id: 1 });
}
