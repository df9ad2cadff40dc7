use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
mod users {
    pub async fn user(id: u64) -> u64 {
        id
    }
}

fn main() {
    let _ = users::user(1);
}
