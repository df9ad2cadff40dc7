use cached_runtime::cached;

struct Users;

impl Users {
    #[cached(key = "user:<id>", ttl = 300)]
    async fn user(self: std::pin::Pin<&mut Self>, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = std::pin::Pin::new(&mut Users).user(1);
}
