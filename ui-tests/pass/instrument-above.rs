//! `#[instrument]` above `#[cached]` expands first and ends up inside: its span is entered by loads, not by hits.

use async_trait::async_trait;
use cached_runtime::cached;

#[tracing::instrument]
#[cached(key = "users:<id>", ttl = 300)]
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
    #[tracing::instrument(skip(self))]
    #[cached(key = "names:<id>", ttl = 300)]
    async fn name(&self, id: u64) -> String {
        id.to_string()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(user(1).await, user(1).await);
    assert_eq!(Users.name(1).await, "1");
}
