use cached_runtime::cached;

mod stream {
    pub struct BoxStream<T>(pub Vec<T>);
}

#[cached(key = "users:<count>", ttl = 300)]
async fn users(count: u64) -> Result<stream::BoxStream<u64>, String> {
    Ok(stream::BoxStream((0..count).collect()))
}

fn main() {
    let _ = async { users(1).await.map(|users| users.0) };
}
