use cached_runtime::cached;

struct User {
    id: u64,
}

struct Request {
    user: User,
}

#[cached(key = "list:<request.user>", ttl = 300)]
async fn list(request: Request) -> u64 {
    request.user.id
}

fn main() {
    let _ = list(Request {
        user: User { id: 1 },
    });
}
