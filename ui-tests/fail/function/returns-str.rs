use cached_runtime::cached;

#[cached(key = "user:<name>", ttl = 300)]
async fn user(name: &str) -> &str {
    name
}

fn main() {
    let _ = user("Ada");
}
