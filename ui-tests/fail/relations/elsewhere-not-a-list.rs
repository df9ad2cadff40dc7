use cached_runtime::{cached, coherent};

#[derive(Clone)]
struct User;
struct Users;

#[coherent(elsewhere = "users")]
impl Users {
    #[cached(key = "users:id:<id>", ttl = 300)]
    async fn by_id(&self, id: u64) -> User {
        let _ = id;
        User
    }
}

fn main() {}
