use cached_runtime::updates;

struct User(u64);

#[updates(key = "user:<id>", ttl = 300)]
async fn rename(id: u64) -> Result<User, String> {
    Ok(User(id))
}

fn main() {
    let _ = rename;
}
