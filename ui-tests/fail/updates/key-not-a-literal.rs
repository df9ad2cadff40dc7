use cached_runtime::updates;

const KEY: &str = "user:<id>";

#[updates(key = KEY, ttl = 300)]
async fn rename(id: u64, name: &str) -> Result<String, String> {
    Ok(format!("{id} {name}"))
}

fn main() {
    let _ = KEY;
    let _ = rename(1, "a");
}
