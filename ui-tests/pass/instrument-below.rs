//! `#[instrument]` below `#[cached]` expands last and ends up outside: its span is entered by loads and by hits.

use async_trait::async_trait;
use cached_runtime::cached;

#[cached(key = "users:<id>", ttl = 300)]
#[tracing::instrument]
async fn user(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[async_trait]
trait Names {
    async fn name(&self, id: u64) -> String;
}

struct Users;

#[async_trait]
impl Names for Users {
    #[cached(key = "names:<id>", ttl = 300)]
    #[tracing::instrument(skip(self))]
    async fn name(&self, id: u64) -> String {
        id.to_string()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(user(1).await, user(1).await);
    assert_eq!(Users.name(1).await, "1");
}
