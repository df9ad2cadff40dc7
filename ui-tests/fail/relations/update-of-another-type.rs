use cached_runtime::{cached, coherent, updates};

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

    #[updates(key = "users:id:<id>", ttl = 300)]
    async fn rename(&self, id: u64) -> Result<Vec<User>, String> {
        Ok(Vec::new())
    }
}

fn main() {}
