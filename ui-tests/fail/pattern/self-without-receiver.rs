use cached_runtime::invalidates;

#[invalidates("user:<self.tenant>*")]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = rename(1, "a");
}
