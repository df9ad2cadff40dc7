use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = "1m", stale_while_revalidate = "1h", stale_if_error = "1m")]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = rename(1, "a");
}
