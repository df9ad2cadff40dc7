use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(name), background)]
async fn user(id: u64, ref name: String) -> u64 {
    id + name.len() as u64
}

fn main() {}
