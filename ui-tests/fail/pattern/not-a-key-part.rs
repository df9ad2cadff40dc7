use cached_runtime::invalidates;

struct User {
    id: u64,
}

#[invalidates("user:<user>*")]
async fn rename(user: User) -> u64 {
    user.id
}

fn main() {
    let _ = rename(User { id: 1 });
}
