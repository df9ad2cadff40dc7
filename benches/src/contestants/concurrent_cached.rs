//! The attribute of `cached`, over a store whose reads take a shared lock: a lifetime, no bound on the size.
#![expect(
    clippy::unused_async,
    reason = "the loads have nothing to wait for, and the attribute shows clippy the body alone"
)]

use std::sync::Arc;

use ::cached::{ConcurrentCached as _, macros::concurrent_cached};

use super::contestant;
use crate::{
    poll::now,
    workload::{Conversations, NoSuchUser, Source, rendered},
};

#[concurrent_cached(ttl_secs = 1800, key = "String", convert = { rendered(user_id, status.unwrap_or_default()) })]
async fn by_rendered_key(
    source: &Source,
    user_id: u64,
    status: Option<&str>,
) -> Result<Conversations, NoSuchUser> {
    source.load(user_id, status)
}

#[concurrent_cached(ttl_secs = 1800, key = "(u64, Option<String>)", convert = { (user_id, status.map(str::to_owned)) })]
async fn by_own_key(
    source: &Source,
    user_id: u64,
    status: Option<&str>,
) -> Result<Conversations, NoSuchUser> {
    source.load(user_id, status)
}

pub(super) struct Rendered(Arc<Source>);

impl Rendered {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        for call in source.calls() {
            let answer = now(by_rendered_key(source, call.user_id(), Some(call.status())));
            drop(answer);
        }
        Self(Arc::clone(source))
    }
}

impl Drop for Rendered {
    fn drop(&mut self) {
        if let Some(cache) = BY_RENDERED_KEY.get() {
            let Ok(()) = cache.cache_clear();
        }
    }
}

contestant!(
    "cached 4, #[concurrent_cached]",
    Rendered,
    |this, call, _key| {
        let answer = by_rendered_key(&this.0, call.user_id(), Some(call.status()));
        answer.await.unwrap_or_default()
    }
);

/// The same with the key it would take by itself: the arguments, owned.
pub(super) struct OwnKey(Arc<Source>);

impl OwnKey {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        for call in source.calls() {
            drop(now(by_own_key(source, call.user_id(), Some(call.status()))));
        }
        Self(Arc::clone(source))
    }
}

impl Drop for OwnKey {
    fn drop(&mut self) {
        if let Some(cache) = BY_OWN_KEY.get() {
            let Ok(()) = cache.cache_clear();
        }
    }
}

contestant!(
    "– the same, arguments as key",
    OwnKey,
    |this, call, _key| {
        let answer = by_own_key(&this.0, call.user_id(), Some(call.status()));
        answer.await.unwrap_or_default()
    }
);
