use cached_runtime::cached;

#[derive(Clone)]
struct Users;

impl Users {
    #[cached(key = "user:<id>", ttl = 300, stale_while_revalidate = "5m", background)]
    async fn user(&mut self, id: u64) -> u64 {
        id
    }
}

fn main() {}
