use cached_runtime::{cached, coherent, invalidates};

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

    #[invalidates("users:id:<id>:posts:*")]
    async fn rename(&self, id: u64) {}
}

fn main() {}
