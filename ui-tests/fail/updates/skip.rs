use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300, skip(name), none_ttl = "5s")]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = rename;
}
