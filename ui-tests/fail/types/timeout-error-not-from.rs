use cached_runtime::cached;

#[derive(Debug, Clone)]
struct DbError;

#[cached(key = "names:<id>", ttl = "5m", timeout = "2s")]
async fn name(id: u64) -> Result<String, DbError> {
    Ok(id.to_string())
}

fn main() {
    let _call = name(1);
}
