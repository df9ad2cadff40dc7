use cached_runtime::{cached, coherent, invalidates};

#[derive(Clone)]
struct User;
struct Users;

#[coherent]
impl Users {
    #[cached(key = "users:id:<id>:posts:<page>", ttl = 300)]
    async fn posts(&self, id: u64, page: u32) -> Vec<User> {
        let _ = (id, page);
        Vec::new()
    }

    #[invalidates("users:id:<id>")]
    async fn rename(&self, id: u64) {}
}

fn main() {}
