use cached_runtime::{cached, coherent};

#[derive(Clone)]
struct User;
struct Users;

#[coherent]
impl Users {
    #[cached(key = "users:id:<id>", ttl = 300)]
    async fn by_id(&self, id: u64) -> User {
        let _ = id;
        User
    }

    #[cached(key = "users:id:<user_id>", ttl = 300)]
    async fn name(&self, user_id: u64) -> Option<String> {
        let _ = user_id;
        None
    }
}

fn main() {}
