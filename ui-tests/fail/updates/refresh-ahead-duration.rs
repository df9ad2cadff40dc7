use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = "1m", refresh_ahead = "50s")]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = rename(1, "a");
}
