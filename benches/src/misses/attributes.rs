//! Those that are an attribute on a method. Where they keep things is part of the attribute, so each comes twice.
#![expect(
    clippy::unused_async,
    reason = "the loads have nothing to wait for, and the attribute shows clippy the body alone"
)]

use anyhow::Result;
use cached::macros::concurrent_cached;
use cached_runtime::{Caches, Settings, cached};

use super::{Load, Storing, loaders::Room, storing};
use crate::workload::{Conversations, NoSuchUser, rendered};

const TOOLKIT: &str = "this toolkit, #[cached]";
const CACHED: &str = "cached 4, #[concurrent_cached]";

pub(super) fn ample(load: &Load) -> Result<[Box<dyn Storing>; 2]> {
    let caches =
        Caches::builder().settings("ample", Settings::new().capacity(Room::Ample.entries()));
    let toolkit = AmpleToolkit {
        caches: caches.build()?,
        load: load.clone(),
    };
    Ok([Box::new(toolkit), Box::new(AmpleCached(load.clone()))])
}

pub(super) fn full(load: &Load) -> Result<[Box<dyn Storing>; 2]> {
    let caches = Caches::builder().settings("full", Settings::new().capacity(Room::Full.entries()));
    let toolkit = FullToolkit {
        caches: caches.build()?,
        load: load.clone(),
    };
    Ok([Box::new(toolkit), Box::new(FullCached(load.clone()))])
}

pub(super) fn resident(load: &Load) -> Result<[Box<dyn Storing>; 2]> {
    let caches = Caches::builder().settings(
        "resident",
        Settings::new().capacity(Room::Resident.entries()),
    );
    let toolkit = ResidentToolkit {
        caches: caches.build()?,
        load: load.clone(),
    };
    Ok([Box::new(toolkit), Box::new(ResidentCached(load.clone()))])
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

storing!(TOOLKIT, AmpleToolkit, |this, call, _key| {
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

storing!(TOOLKIT, FullToolkit, |this, call, _key| {
    this.list(call.user_id(), Some(call.status())).await.is_ok()
});

#[concurrent_cached(ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
async fn ample_list(load: &Load, user_id: u64, status: &str) -> Result<Conversations, NoSuchUser> {
    load.bring(user_id, Some(status))
}

struct AmpleCached(Load);

storing!(CACHED, AmpleCached, |this, call, _key| {
    ample_list(&this.0, call.user_id(), call.status())
        .await
        .is_ok()
});

#[concurrent_cached(max_size = 10_000, ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
async fn full_list(load: &Load, user_id: u64, status: &str) -> Result<Conversations, NoSuchUser> {
    load.bring(user_id, Some(status))
}

struct FullCached(Load);

storing!(CACHED, FullCached, |this, call, _key| {
    full_list(&this.0, call.user_id(), call.status())
        .await
        .is_ok()
});

struct ResidentToolkit {
    caches: Caches,
    load: Load,
}

impl ResidentToolkit {
    #[cached(key = "resident:user:<user_id>:status:<status>", ttl = "30m", caches = self.caches)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        self.load.bring(user_id, status)
    }
}

storing!(TOOLKIT, ResidentToolkit, |this, call, _key| {
    this.list(call.user_id(), Some(call.status())).await.is_ok()
});

#[concurrent_cached(ttl_secs = 1800, key = "String", convert = { rendered(user_id, status) })]
async fn resident_list(
    load: &Load,
    user_id: u64,
    status: &str,
) -> Result<Conversations, NoSuchUser> {
    load.bring(user_id, Some(status))
}

struct ResidentCached(Load);

storing!(CACHED, ResidentCached, |this, call, _key| {
    resident_list(&this.0, call.user_id(), call.status())
        .await
        .is_ok()
});
