use cached_runtime::invalidates;

struct User {
    id: u64,
}

#[invalidates("user:<ret.idd>*")]
async fn rename(id: u64) -> Result<User, String> {
    Ok(User { id })
}

fn main() {
    let _ = async { rename(1).await.map(|user| user.id) };
}
