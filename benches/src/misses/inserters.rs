//! Those that store a value they are given.

use anyhow::Result;
use cached::{ConcurrentCached as _, ShardedLruTtlCache};
use cached_runtime::{Cache, Caches, Policy, Settings, key};
use tokio::runtime::Runtime;

use super::{
    Load, Storing,
    loaders::{AMALGAM_FULL, Amalgam, Moka, Quick, Room, amalgam, moka, quick_cache},
    storing,
};
use crate::{
    contestants::TTL,
    workload::{Conversations, render, rendered},
};

pub(super) fn all(load: &Load, runtime: &Runtime) -> Result<Vec<Box<dyn Storing>>> {
    let room = Room::Full;
    let caches =
        Caches::builder().settings("conversations", Settings::new().capacity(room.entries()));
    let sharded = ShardedLruTtlCache::builder()
        .max_size(usize::try_from(room.entries())?)
        .ttl(TTL);
    Ok(vec![
        Box::new(IntoToolkit(
            caches.build()?.cache("conversations"),
            load.clone(),
        )),
        Box::new(IntoMoka(moka(room), load.clone())),
        Box::new(IntoQuickCache(quick_cache(room)?, load.clone())),
        Box::new(IntoCached(sharded.build()?, load.clone())),
        Box::new(IntoAmalgam {
            cache: amalgam(room, runtime)?,
            load: load.clone(),
            slice: AMALGAM_FULL,
        }),
    ])
}

struct IntoToolkit(Cache, Load);

const POLICY: Policy = Policy::new(TTL);

storing!(
    "this toolkit, Cache::insert",
    IntoToolkit,
    |this, call, _key| {
        let (user_id, status) = (call.user_id(), call.status());
        let key = key!("conversations:user:<user_id>:status:<status>");
        this.0.insert(&key, this.1.answer.clone(), &POLICY);
    }
);

struct IntoMoka(Moka, Load);

storing!("moka, insert", IntoMoka, |this, call, _key| {
    let key = rendered(call.user_id(), call.status());
    this.0.insert(key, this.1.answer.clone()).await;
});

struct IntoQuickCache(Quick, Load);

storing!("quick_cache, insert", IntoQuickCache, |this, call, _key| {
    this.0.insert(
        rendered(call.user_id(), call.status()),
        this.1.answer.clone(),
    );
});

struct IntoCached(ShardedLruTtlCache<String, Conversations>, Load);

storing!(
    "cached 4, ShardedLruTtlCache",
    IntoCached,
    |this, call, _key| {
        let key = rendered(call.user_id(), call.status());
        this.0.cache_set(key, this.1.answer.clone()).is_ok()
    }
);

struct IntoAmalgam {
    cache: Amalgam,
    load: Load,
    slice: u32,
}

storing!(
    "amalgam, set",
    IntoAmalgam,
    |this, call, key| {
        render(key, call);
        this.cache
            .set(key.as_str(), this.load.answer.clone())
            .await
            .is_ok()
    },
    slice
);
