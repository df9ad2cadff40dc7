//! `#[async_trait]` expands first: the methods arrive as boxed futures.

use async_trait::async_trait;
use cached_runtime::{Caches, cached, invalidates};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

struct Rows {
    tenant: String,
    caches: Caches,
    loads: AtomicU32,
}

#[async_trait]
trait Store: Send + Sync {
    fn loads(&self) -> &AtomicU32;

    async fn row(&self, id: u64, name: &str, tags: Vec<String>) -> Result<Arc<str>, String>;

    async fn rename(&self, id: u64, name: String) -> Result<u64, String>;

    #[cached(key = "defaults:<id>", ttl = 300)]
    async fn default_row(&self, id: u64) -> Option<u64> {
        self.loads().fetch_add(1, Ordering::Relaxed);
        Some(id)
    }

    #[cached(key = "without-self:<id>", ttl = 300)]
    async fn without_self(id: u64) -> u64
    where
        Self: Sized,
    {
        id
    }
}

#[async_trait]
impl Store for Rows {
    fn loads(&self) -> &AtomicU32 {
        &self.loads
    }

    #[cached(
        key = "rows:<self.tenant>:<id>:<name>:<tags>",
        ttl = 300,
        caches = self.caches,
        store_if = |row: &Arc<str>| !row.is_empty()
    )]
    async fn row(&self, id: u64, name: &str, mut tags: Vec<String>) -> Result<Arc<str>, String> {
        if id == 0 {
            return Err("nobody".to_owned());
        }
        self.loads.fetch_add(1, Ordering::Relaxed);
        let number: u64 = "5".parse().map_err(|_| "no number")?;
        tags.push(number.to_string());
        Ok(format!("{id} {name} {}", tags.join(" ")).into())
    }

    #[invalidates("rows:<self.tenant>:<ret>*", caches = &self.caches)]
    async fn rename(&self, id: u64, name: String) -> Result<u64, String> {
        drop(name);
        Ok(id)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let rows = Rows {
        tenant: "acme".to_owned(),
        caches: Caches::global().clone(),
        loads: AtomicU32::new(0),
    };
    let store: &dyn Store = &rows;
    for _ in 0..2 {
        let row = store.row(1, "Ada", vec!["x".to_owned()]).await;
        assert_eq!(row.as_deref(), Ok("1 Ada x 5"));
    }
    assert_eq!(rows.loads.load(Ordering::Relaxed), 1);
    assert!(store.row(0, "Ada", Vec::new()).await.is_err());

    assert_eq!(store.rename(1, "Eve".to_owned()).await, Ok(1));
    assert!(store.row(1, "Ada", vec!["x".to_owned()]).await.is_ok());
    assert_eq!(rows.loads.load(Ordering::Relaxed), 2);

    assert_eq!(store.default_row(1).await, store.default_row(1).await);
    assert_eq!(rows.loads.load(Ordering::Relaxed), 3);
    assert_eq!(Rows::without_self(4).await, 4);
}
