use cached_runtime::cached;

struct Rows(Vec<u64>);

#[cached(key = "rows:<id>", ttl = 300)]
async fn rows(id: u64) -> Result<Rows, String> {
    Ok(Rows(vec![id]))
}

fn main() {
    let _ = async { rows(1).await.map(|rows| rows.0) };
}
