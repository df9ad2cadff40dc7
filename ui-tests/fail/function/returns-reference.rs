use cached_runtime::cached;

struct User {
    id: u64,
}

#[cached(key = "users", ttl = 300, skip(users))]
async fn user<'a>(users: &'a [User]) -> Option<&'a User> {
    users.first()
}

fn main() {
    let _ = user(&[User { id: 1 }]);
}
