//! Those that look a key up and load what is not there.

use ::moka::future::Cache as MokaCache;
use ::quick_cache::sync::Cache as QuickCache;
use amalgam::{Cache as AmalgamCache, EntryOptions};
use anyhow::Result;
use foldhash::fast::RandomState;
use tokio::runtime::Runtime;

use super::{CALLS, Load, Storing, attributes, storing};
use crate::{
    contestants::TTL,
    workload::{Conversations, NoSuchUser, rendered},
};

pub(super) type Moka = MokaCache<String, Conversations, RandomState>;
pub(super) type Quick = QuickCache<String, Conversations>;
pub(super) type Amalgam = AmalgamCache<Conversations>;

/// With room for `room` entries, or for all.
pub(super) fn all(
    room: Option<u64>,
    load: &Load,
    runtime: &Runtime,
) -> Result<Vec<Box<dyn Storing>>> {
    let [toolkit, cached] = match room {
        Some(room) => attributes::full(room, load)?,
        None => attributes::ample(load)?,
    };
    Ok(vec![
        toolkit,
        Box::new(ByMoka(moka(room), load.clone())),
        Box::new(ByQuickCache(quick_cache(room)?, load.clone())),
        cached,
        Box::new(ByAmalgam {
            cache: amalgam(room, runtime)?,
            load: load.clone(),
            slice: if room.is_some() { AMALGAM_FULL } else { CALLS },
        }),
    ])
}

/// Room for all keys of all rounds.
pub(super) const AMPLE: u64 = 1 << 23;

/// When it is full, amalgam looks at all its entries to find the one to evict.
pub(super) const AMALGAM_FULL: u32 = 50;

pub(super) fn moka(room: Option<u64>) -> Moka {
    MokaCache::builder()
        .max_capacity(room.unwrap_or(AMPLE))
        .time_to_live(TTL)
        .build_with_hasher(RandomState::default())
}

pub(super) fn quick_cache(room: Option<u64>) -> Result<Quick> {
    Ok(QuickCache::new(usize::try_from(room.unwrap_or(AMPLE))?))
}

pub(super) fn amalgam(room: Option<u64>, runtime: &Runtime) -> Result<Amalgam> {
    let _inside = runtime.enter();
    let cache = AmalgamCache::builder().default_options(EntryOptions::new(TTL));
    Ok(match room {
        Some(room) => cache.max_capacity(room),
        None => cache,
    }
    .try_build()?)
}

struct ByMoka(Moka, Load);

storing!("moka, try_get_with", ByMoka, |this, call| {
    let key = rendered(call.user_id(), call.status());
    let load = async { Ok::<_, NoSuchUser>(this.1.0.clone()) };
    this.0.try_get_with(key, load).await.is_ok()
});

struct ByQuickCache(Quick, Load);

storing!(
    "quick_cache, get_or_insert_async",
    ByQuickCache,
    |this, call| {
        let key = rendered(call.user_id(), call.status());
        let load = async { Ok::<_, NoSuchUser>(this.1.0.clone()) };
        this.0.get_or_insert_async(&key, load).await.is_ok()
    }
);

struct ByAmalgam {
    cache: Amalgam,
    load: Load,
    slice: u32,
}

storing!(
    "amalgam, get_or_set",
    ByAmalgam,
    |this, call| {
        let key = rendered(call.user_id(), call.status());
        let value = this.load.0.clone();
        let load = |_| async move { Ok::<_, NoSuchUser>(value) };
        this.cache.get_or_set(&key, load).await.is_ok()
    },
    slice
);
