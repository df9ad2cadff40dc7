//! The same repository without a cache, with the attributes, and with a cache written by hand.

use std::sync::Arc;

use anyhow::Result;
use cached_runtime::{Caches, Settings, cached, invalidates};
use foldhash::fast::RandomState;

use super::store::{Failure, Listing, Store, USERS};
use crate::contestants::TTL;

/// One of them. Callers hold it by its own type, so that awaiting it costs what it costs them.
pub(super) trait Repository: Send + Sync + 'static {
    const NAME: &str;

    fn list(&self, user_id: u32) -> impl Future<Output = Result<Listing, Failure>> + Send;

    fn send(&self, user_id: u32) -> impl Future<Output = Result<(), Failure>> + Send;
}

const ROOM: u64 = 2 * USERS as u64;

pub(super) struct Direct(pub(super) Arc<Store>);

impl Repository for Direct {
    const NAME: &str = "no cache";

    async fn list(&self, user_id: u32) -> Result<Listing, Failure> {
        self.0.list(user_id).await
    }

    async fn send(&self, user_id: u32) -> Result<(), Failure> {
        self.0.send(user_id).await
    }
}

pub(super) struct Annotated {
    caches: Caches,
    store: Arc<Store>,
}

impl Annotated {
    pub(super) fn new(store: Arc<Store>) -> Result<Self> {
        let caches = Caches::builder().settings("listings", Settings::new().capacity(ROOM));
        Ok(Self {
            caches: caches.build()?,
            store,
        })
    }
}

impl Repository for Annotated {
    const NAME: &str = "this toolkit, #[cached] and #[invalidates]";

    #[cached(key = "listings:user:<user_id>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u32) -> Result<Listing, Failure> {
        self.store.list(user_id).await
    }

    #[invalidates("listings:user:<user_id>*", caches = self.caches)]
    async fn send(&self, user_id: u32) -> Result<(), Failure> {
        self.store.send(user_id).await
    }
}

/// As it is written where there are no attributes: look up, fill, and remove after a change. Between its load and its insertion it
/// may store what a change has meanwhile made old.
pub(super) struct ByHand {
    cache: moka::future::Cache<String, Listing, RandomState>,
    store: Arc<Store>,
}

impl ByHand {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self {
            cache: moka::future::Cache::builder()
                .max_capacity(ROOM)
                .time_to_live(TTL)
                .build_with_hasher(RandomState::default()),
            store,
        }
    }
}

fn key(user_id: u32) -> String {
    format!("listings:user:{user_id}")
}

impl Repository for ByHand {
    const NAME: &str = "by hand: moka, get and insert";

    async fn list(&self, user_id: u32) -> Result<Listing, Failure> {
        let key = key(user_id);
        if let Some(listing) = self.cache.get(&key).await {
            return Ok(listing);
        }
        let listing = self.store.list(user_id).await?;
        self.cache.insert(key, Arc::clone(&listing)).await;
        Ok(listing)
    }

    async fn send(&self, user_id: u32) -> Result<(), Failure> {
        let done = self.store.send(user_id).await;
        self.cache.invalidate(&key(user_id)).await;
        done
    }
}
