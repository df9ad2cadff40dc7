use cached_runtime::cached;

trait Users {
    #[cached(key = "user:<id>", ttl = 300)]
    async fn user(&self, id: u64) -> u64;
}

struct Nobody;

impl Users for Nobody {
    async fn user(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = Nobody.user(1);
}
