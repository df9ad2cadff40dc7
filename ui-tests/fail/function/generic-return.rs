use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300)]
async fn user<T: From<u64>>(id: u64) -> Result<T, String> {
    Ok(T::from(id))
}

fn main() {
    let _ = user::<u64>(1);
}
