use cached_runtime::cached;

#[cached(key = "names:<id>", ttl = "5m", none_ttl = "5s")]
async fn name(id: u64) -> Result<String, std::io::Error> {
    Ok(id.to_string())
}

fn main() {
    let _call = name(1);
}
