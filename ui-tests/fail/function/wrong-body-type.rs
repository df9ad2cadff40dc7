use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: u64) -> Result<u64, String> {
    if id == 0 {
        return "nobody";
    }
    id
}

fn main() {
    let _ = user(1);
}
