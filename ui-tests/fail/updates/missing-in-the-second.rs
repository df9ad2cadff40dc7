use cached_runtime::{invalidates, updates};

#[invalidates("user:<uid>*")]
#[updates(key = "user:<id>")]
#[invalidates]
async fn user(id: u64) -> u64 {
    id
}

fn main() {
    let _ = user(1);
}
