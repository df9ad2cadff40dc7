use cached_runtime::updates;

#[updates]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = rename;
}
