use cached_runtime::coherent;

#[derive(Clone)]
struct User;
struct Users;

#[coherent]
async fn by_id(id: u64) -> User {
    let _ = id;
    User
}

#[coherent]
pub struct Posts;

fn main() {}
