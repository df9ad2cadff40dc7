//! Those that look a key up and load what is not there.

use ::moka::future::Cache as MokaCache;
use ::quick_cache::sync::Cache as QuickCache;
use amalgam::{Cache as AmalgamCache, ClearMode, EntryOptions};
use anyhow::Result;
use foldhash::fast::RandomState;
use tokio::runtime::Runtime;

use super::{CALLS, ENTRIES, Load, Storing, attributes, storing};
use crate::{
    contestants::TTL,
    workload::{Conversations, render},
};

pub(super) type Moka = MokaCache<String, Conversations, RandomState>;
pub(super) type Quick = QuickCache<String, Conversations>;
pub(super) type Amalgam = AmalgamCache<Conversations>;

/// How much a cache has room for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Room {
    /// The keys of several rounds, and those of the round before are gone.
    Emptied,
    /// All keys of all rounds.
    Growing,
    /// As many as are in it before the clock starts.
    Full,
    /// Those that hits ask for.
    Resident,
}

impl Room {
    pub(super) fn entries(self) -> u64 {
        match self {
            Self::Emptied => 4 * u64::from(CALLS),
            Self::Growing => 1 << 23,
            Self::Full => u64::from(ENTRIES),
            // The shards of some fill unevenly, and they evict from each on its own.
            Self::Resident => 2 * u64::from(ENTRIES),
        }
    }
}

/// In the order of the inserters.
pub(super) fn all(room: Room, load: &Load, runtime: &Runtime) -> Result<Vec<Box<dyn Storing>>> {
    let [toolkit, cached] = match room {
        Room::Emptied => attributes::emptied::all(load)?,
        Room::Growing => attributes::growing::all(load)?,
        Room::Full => attributes::full::all(load)?,
        Room::Resident => attributes::resident::all(load)?,
    };
    Ok(vec![
        toolkit,
        Box::new(ByMoka(moka(room), load.clone())),
        Box::new(ByQuickCache(quick_cache(room)?, load.clone())),
        cached,
        Box::new(ByAmalgam {
            cache: amalgam(room, runtime)?,
            load: load.clone(),
            slice: if room == Room::Full {
                AMALGAM_FULL
            } else {
                CALLS
            },
        }),
    ])
}

/// When it is full, amalgam looks at all its entries to find the one to evict.
pub(super) const AMALGAM_FULL: u32 = 50;

pub(super) fn moka(room: Room) -> Moka {
    MokaCache::builder()
        .max_capacity(room.entries())
        .time_to_live(TTL)
        .build_with_hasher(RandomState::default())
}

pub(super) fn quick_cache(room: Room) -> Result<Quick> {
    Ok(QuickCache::new(usize::try_from(room.entries())?))
}

pub(super) fn amalgam(room: Room, runtime: &Runtime) -> Result<Amalgam> {
    let _inside = runtime.enter();
    let cache = AmalgamCache::builder().default_options(EntryOptions::new(TTL));
    Ok(match room {
        Room::Full => cache.max_capacity(room.entries()),
        Room::Emptied | Room::Growing | Room::Resident => cache,
    }
    .try_build()?)
}

struct ByMoka(Moka, Load);

storing!("moka, try_get_with_by_ref", ByMoka, |this, call, key| {
    render(key, call);
    let load = async { this.1.bring(0, None) };
    this.0.try_get_with_by_ref(key.as_str(), load).await.is_ok()
}; clear |this, runtime| {
    this.0.invalidate_all();
    // It removes so many at a time.
    let mut before = u64::MAX;
    while this.0.entry_count() < before {
        before = this.0.entry_count();
        runtime.block_on(this.0.run_pending_tasks());
    }
});

struct ByQuickCache(Quick, Load);

storing!(
    "quick_cache, get_or_insert_async",
    ByQuickCache,
    |this, call, key| {
        render(key, call);
        let load = async { this.1.bring(0, None) };
        this.0.get_or_insert_async(key.as_str(), load).await.is_ok()
    };
    clear |this, _runtime| { this.0.clear(); }
);

struct ByAmalgam {
    cache: Amalgam,
    load: Load,
    slice: u32,
}

storing!(
    "amalgam, get_or_set",
    ByAmalgam,
    |this, call, key| {
        render(key, call);
        let load = this.load.clone();
        let load = |_| async move { load.bring(0, None) };
        this.cache.get_or_set(key.as_str(), load).await.is_ok()
    },
    slice;
    clear |this, runtime| {
        let cleared = runtime.block_on(async { this.cache.clear(ClearMode::Remove).await });
        assert!(cleared.is_ok(), "amalgam does not clear");
    }
);
