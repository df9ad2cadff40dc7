use cached_runtime::cached;

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[cached(key = "user:<id>", ttl = 300)]
fn user(id: u64) -> BoxFuture<'static, u64> {
    Box::pin(async move { id })
}

fn main() {
    let _ = user(1);
}
