//! The futures can be sent between threads wherever the bodies could.

use async_trait::async_trait;
use cached_runtime::{Caches, cached, invalidates};
use std::{rc::Rc, sync::Arc};

struct Users {
    caches: Caches,
    tenant: String,
}

impl Users {
    #[cached(key = "users:<self.tenant>:<name>:<ids>", ttl = 300, caches = self.caches, store_if = |_| true)]
    async fn user(&self, name: &str, ids: &[u64]) -> Result<Option<String>, String> {
        tokio::task::yield_now().await;
        Ok(Some(format!("{name} {ids:?}")))
    }

    #[invalidates("users:<self.tenant>:<ret>", "users:<name>*", caches = self.caches)]
    async fn rename(&self, name: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        Ok(name.to_owned())
    }

    // What can't be sent by itself is fine where nobody sends it.
    #[cached(key = "local:<name>", ttl = 300)]
    async fn local(&self, name: Rc<str>) -> u64 {
        tokio::task::yield_now().await;
        name.len() as u64
    }
}

#[async_trait]
trait Names: Send + Sync {
    async fn name(&self, id: u64) -> String;
}

#[async_trait]
impl Names for Users {
    #[cached(key = "names:<self.tenant>:<id>", ttl = 300)]
    async fn name(&self, id: u64) -> String {
        self.user("Ada", &[id])
            .await
            .ok()
            .flatten()
            .unwrap_or_default()
    }
}

async fn sent<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    tokio::spawn(future).await.expect("it does not panic")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let users = Arc::new(Users {
        caches: Caches::global().clone(),
        tenant: "acme".to_owned(),
    });
    let other = Arc::clone(&users);
    assert_eq!(
        sent(async move { other.user("Ada", &[1]).await }).await,
        Ok(Some("Ada [1]".to_owned()))
    );
    let other = Arc::clone(&users);
    assert_eq!(
        sent(async move { other.rename("Eve").await })
            .await
            .as_deref(),
        Ok("Eve")
    );
    let other = Arc::clone(&users);
    assert_eq!(sent(async move { other.name(1).await }).await, "Ada [1]");
    assert_eq!(users.local("Ada".into()).await, 3);
}
