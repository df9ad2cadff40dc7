use cached_runtime::cached;

struct Users;

impl Users {
    #[cached(key = "user:<id>", ttl = 300)]
    async fn user(self, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = Users.user(1);
}
