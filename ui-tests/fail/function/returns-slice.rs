use cached_runtime::cached;

#[cached(key = "user:<name>", ttl = 300)]
async fn user(name: &str) -> Result<&[u8], String> {
    Ok(name.as_bytes())
}

fn main() {
    let _ = user("Ada");
}
