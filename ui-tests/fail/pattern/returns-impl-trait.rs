use cached_runtime::invalidates;

#[invalidates("user:<id>*")]
async fn rename(id: u64) -> Result<impl std::fmt::Display, String> {
    Ok(id)
}

fn main() {
    let _ = rename(1);
}
