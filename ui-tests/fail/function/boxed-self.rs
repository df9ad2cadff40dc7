use cached_runtime::cached;

struct Users;

impl Users {
    #[cached(key = "user:<id>", ttl = 300)]
    async fn user(self: Box<Self>, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = Box::new(Users).user(1);
}
