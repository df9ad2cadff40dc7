use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300)]
async fn rename(id: u64) -> Result<(), String> {
    let _ = id;
    Ok(())
}

fn main() {
    let _ = rename;
}
