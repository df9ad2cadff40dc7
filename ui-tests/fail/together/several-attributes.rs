use cached_runtime::{invalidates, updates};

#[invalidates("user:<id>*", "users::all")]
#[updates(key = "user:<idd>", ttl = "5 minutes")]
#[invalidates("user:<id>:list", tags("team:<ret.team>", "my team:<id>"), on = "okay")]
async fn user(id: u64) -> u64 {
    id
}

async fn caller() -> u64 {
    user(1).await
}

fn main() {
    let _ = caller();
}
