use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(names, pair), background)]
async fn user(id: u64, names: &[&str], pair: (&str, u8)) -> u64 {
    id + names.len() as u64 + u64::from(pair.1)
}

fn main() {}
