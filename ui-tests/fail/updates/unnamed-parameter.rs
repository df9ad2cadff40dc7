use cached_runtime::updates;

#[updates(key = "user:<id>", ttl = 300)]
async fn rename((id, name): (u64, u64)) -> Result<u64, String> {
    Ok(id + name)
}

fn main() {
    let _ = rename;
}
