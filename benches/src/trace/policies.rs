//! Those whose hits are counted. Each looks a key up, and stores it if it is not there.

use anyhow::Result;
use cached::{Cached as _, LruCache};
use cached_runtime::{Caches, Settings, cached};
use foldhash::fast::RandomState;

use super::optimum;
use crate::poll::now;

pub(super) const TOOLKIT: &str = "this toolkit";
/// Whom the toolkit is held against: the same policy, told of every access at once.
pub(super) const MOKA: &str = "moka, told of every access";
/// Nobody has more.
pub(super) const OPTIMUM: &str = "– clairvoyant optimum";

/// Hits of a trace with room for so many entries.
type Replay = fn(&[u32], u64) -> Result<u64>;

pub(super) const ALL: [(&str, Replay); 5] = [
    (TOOLKIT, by_toolkit),
    (MOKA, by_moka),
    ("quick_cache", by_quick_cache),
    ("LRU", by_lru),
    (OPTIMUM, by_optimum),
];

struct Objects {
    caches: Caches,
}

impl Objects {
    #[cached(key = "objects:<id>", ttl = "1d", caches = self.caches)]
    async fn object(&self, id: u32) -> u32 {
        id
    }
}

fn by_toolkit(trace: &[u32], capacity: u64) -> Result<u64> {
    let settings = Settings::new().capacity(capacity);
    let objects = Objects {
        caches: Caches::builder().settings("objects", settings).build()?,
    };
    for id in trace {
        assert_eq!(now(objects.object(*id)), *id);
    }
    let stats = objects.caches.cache("objects").stats();
    assert_eq!(stats.hits + stats.misses, trace.len() as u64);
    Ok(stats.hits)
}

#[expect(clippy::unnecessary_wraps, reason = "others can fail")]
fn by_moka(trace: &[u32], capacity: u64) -> Result<u64> {
    let cache = moka::sync::Cache::builder()
        .max_capacity(capacity)
        .build_with_hasher(RandomState::default());
    let mut hits = 0;
    for id in trace {
        if cache.get(id).is_some() {
            hits += 1;
        } else {
            cache.insert(*id, *id);
        }
    }
    Ok(hits)
}

/// The one for a single thread, which is not divided into shards.
fn by_quick_cache(trace: &[u32], capacity: u64) -> Result<u64> {
    let mut cache = quick_cache::unsync::Cache::new(usize::try_from(capacity)?);
    let mut hits = 0;
    for id in trace {
        if cache.get(id).is_some() {
            hits += 1;
        } else {
            cache.insert(*id, *id);
        }
    }
    Ok(hits)
}

fn by_lru(trace: &[u32], capacity: u64) -> Result<u64> {
    let cache = LruCache::builder().max_size(usize::try_from(capacity)?);
    let mut cache = cache.build()?;
    let mut hits = 0;
    for id in trace {
        if cache.cache_get(id).is_some() {
            hits += 1;
        } else {
            cache.cache_set(*id, *id);
        }
    }
    Ok(hits)
}

fn by_optimum(trace: &[u32], capacity: u64) -> Result<u64> {
    Ok(optimum::hits(trace, usize::try_from(capacity)?))
}
