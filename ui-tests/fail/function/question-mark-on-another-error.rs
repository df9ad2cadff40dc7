use cached_runtime::cached;

struct Broken;

#[cached(key = "user:<id>", ttl = 300)]
async fn user(id: &str) -> Result<u64, Broken> {
    Ok(id.parse::<u64>()?)
}

fn main() {
    let _ = user("1");
}
