//! Those that are an attribute on a method. Where they keep things is part of the attribute, so each comes twice.
#![expect(
    clippy::unused_async,
    reason = "the loads have nothing to wait for, and the attribute shows clippy the body alone"
)]

use anyhow::Result;
use cached::macros::concurrent_cached;
use cached_runtime::{Caches, Settings, cached};

use super::{Load, Storing, loaders::AMPLE, storing};
use crate::workload::{Conversations, NoSuchUser, rendered};

const TOOLKIT: &str = "this toolkit, #[cached]";
const CACHED: &str = "cached 4, #[concurrent_cached]";

pub(super) fn ample(load: &Load) -> Result<[Box<dyn Storing>; 2]> {
    let caches = Caches::builder().settings("ample", Settings::new().capacity(AMPLE));
    let toolkit = AmpleToolkit {
        caches: caches.build()?,
        load: load.clone(),
    };
    Ok([Box::new(toolkit), Box::new(AmpleCached(load.clone()))])
}

pub(super) fn full(room: u64, load: &Load) -> Result<[Box<dyn Storing>; 2]> {
    let caches = Caches::builder().settings("full", Settings::new().capacity(room));
    let toolkit = FullToolkit {
        caches: caches.build()?,
        load: load.clone(),
    };
    Ok([Box::new(toolkit), Box::new(FullCached(load.clone()))])
}

struct AmpleToolkit {
    caches: Caches,
    load: Load,
}

impl AmpleToolkit {
    #[cached(key = "ample:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.load.bring(user_id, status)
    }
}

storing!(TOOLKIT, AmpleToolkit, |this, call| {
    this.list(call.user_id(), Some(call.status())).await.is_ok()
});

struct FullToolkit {
    caches: Caches,
    load: Load,
}

impl FullToolkit {
    #[cached(key = "full:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.load.bring(user_id, status)
    }
}

storing!(TOOLKIT, FullToolkit, |this, call| {
    this.list(call.user_id(), Some(call.status())).await.is_ok()
});

#[concurrent_cached(ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
async fn ample_list(load: &Load, user_id: u64, status: &str) -> Result<Conversations, NoSuchUser> {
    load.bring(user_id, Some(status))
}

struct AmpleCached(Load);

storing!(CACHED, AmpleCached, |this, call| {
    ample_list(&this.0, call.user_id(), call.status())
        .await
        .is_ok()
});

#[concurrent_cached(max_size = 10_000, ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
async fn full_list(load: &Load, user_id: u64, status: &str) -> Result<Conversations, NoSuchUser> {
    load.bring(user_id, Some(status))
}

struct FullCached(Load);

storing!(CACHED, FullCached, |this, call| {
    full_list(&this.0, call.user_id(), call.status())
        .await
        .is_ok()
});
