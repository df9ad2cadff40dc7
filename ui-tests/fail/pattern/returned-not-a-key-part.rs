use cached_runtime::invalidates;

struct User {
    id: u64,
}

struct Renamed {
    user: User,
}

#[invalidates("user:<ret.user>*")]
async fn rename(id: u64) -> Result<Renamed, String> {
    Ok(Renamed { user: User { id } })
}

fn main() {
    let _ = async { rename(1).await.map(|renamed| renamed.user.id) };
}
