//! Those whose memory is counted. All keep the same texts and numbers, with room for an eighth more than they get.

use std::{
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::Duration,
};

use anyhow::{Result, bail};
use cached::{ConcurrentCached as _, ShardedLruTtlCache, ShardedTtlCache};
use cached_runtime::{Cache, Caches, Policy, Settings, key};
use foldhash::fast::RandomState;

/// What is kept under each key: eight bytes, as many as a pointer to something larger has.
type Value = u64;

#[derive(Clone, Copy)]
pub(crate) enum Lifetime {
    Long,
    Short(Duration),
}

impl Lifetime {
    fn duration(self) -> Duration {
        match self {
            Self::Long => Duration::from_mins(30),
            Self::Short(duration) => duration,
        }
    }
}

pub(crate) trait Contestant {
    fn fill(&self, entries: u32);
    fn entries(&self) -> u64;
    /// Removes everything and gives back what it took.
    fn clear(&self);
    /// Does all that waits to be done.
    fn tidy_up(&self) {}
}

const TOOLKIT: &str = "this toolkit";
const MOKA: &str = "moka, sync::Cache<String, _>";
const MOKA_BOXED: &str = "moka, sync::Cache<Box<str>, _>";
const QUICK_CACHE: &str = "quick_cache, Cache<Box<str>, _>";
const CACHED: &str = "cached 4, ShardedTtlCache";
const CACHED_LRU: &str = "cached 4, ShardedLruTtlCache";
const HASHBROWN: &str = "hashbrown, HashMap<Box<str>, _>";

pub(crate) const NAMES: [&str; 7] = [
    TOOLKIT,
    MOKA,
    MOKA_BOXED,
    QUICK_CACHE,
    CACHED,
    CACHED_LRU,
    HASHBROWN,
];

/// Whether its entries have lifetimes.
pub(crate) fn expires(name: &str) -> bool {
    ![QUICK_CACHE, HASHBROWN].contains(&name)
}

pub(crate) fn make(name: &str, entries: u32, lifetime: Lifetime) -> Result<Box<dyn Contestant>> {
    let ttl = lifetime.duration();
    // The shards of some fill unevenly, and they evict from each on its own.
    let room = entries + entries / 8;
    Ok(match name {
        TOOLKIT => {
            let settings = Settings::new().capacity(room.into());
            let caches = Caches::builder().settings("conversations", settings);
            let cache = caches.build()?.cache("conversations");
            Box::new(Toolkit(cache, Policy::new(ttl)))
        }
        MOKA => Box::new(Moka::<String>(moka(room, ttl))),
        MOKA_BOXED => Box::new(Moka::<Box<str>>(moka(room, ttl))),
        QUICK_CACHE => Box::new(QuickCache::new(room as usize)),
        CACHED => Box::new(
            ShardedTtlCache::<String, Value>::builder()
                .ttl(ttl)
                .build()?,
        ),
        CACHED_LRU => {
            let cache = ShardedLruTtlCache::<String, Value>::builder();
            Box::new(cache.max_size(room as usize).ttl(ttl).build()?)
        }
        HASHBROWN => Box::new(Mutex::new(Map::default())),
        unknown => bail!("there is no contestant {unknown}"),
    })
}

/// The bytes of all keys and values.
pub(crate) fn payload(entries: u32) -> usize {
    let texts = (0..entries).map(|n| text(n).len());
    texts.sum::<usize>() + size_of::<Value>() * entries as usize
}

/// The text of each key, without a byte of spare room.
fn text(n: u32) -> String {
    let mut text = format!("conversations:user:{}:status:{}", user_id(n), status(n));
    text.shrink_to_fit();
    text
}

fn user_id(n: u32) -> u64 {
    1_000_000 + u64::from(n / 4)
}

fn status(n: u32) -> &'static str {
    match n % 4 {
        0 => "open",
        1 => "waiting",
        2 => "archived",
        _ => "draft",
    }
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

struct Toolkit(Cache, Policy);

impl Contestant for Toolkit {
    /// By loads, as the annotated methods do it.
    fn fill(&self, entries: u32) {
        for n in 0..entries {
            let (user_id, status) = (user_id(n), status(n));
            let key = key!("conversations:user:<user_id>:status:<status>");
            let load = async { Ok::<Value, std::io::Error>(n.into()) };
            let loaded = now(self.0.get_or_load(&key, &self.1, load));
            assert!(loaded.is_ok());
        }
    }

    fn entries(&self) -> u64 {
        self.0.stats().entries
    }

    fn clear(&self) {
        now(self.0.clear());
        self.0.run_pending_tasks();
    }

    fn tidy_up(&self) {
        self.0.run_pending_tasks();
    }
}

struct Moka<K>(moka::sync::Cache<K, Value, RandomState>);

fn moka<K: Eq + std::hash::Hash + Send + Sync + 'static>(
    room: u32,
    ttl: Duration,
) -> moka::sync::Cache<K, Value, RandomState> {
    moka::sync::Cache::builder()
        .max_capacity(room.into())
        .time_to_live(ttl)
        .build_with_hasher(RandomState::default())
}

impl<K: From<String> + Eq + std::hash::Hash + Send + Sync + 'static> Contestant for Moka<K> {
    fn fill(&self, entries: u32) {
        (0..entries).for_each(|n| self.0.insert(text(n).into(), n.into()));
    }

    fn entries(&self) -> u64 {
        self.0.entry_count()
    }

    fn clear(&self) {
        self.0.invalidate_all();
        self.tidy_up();
    }

    fn tidy_up(&self) {
        // It removes so many at a time.
        let mut before = u64::MAX;
        while self.0.entry_count() < before {
            before = self.0.entry_count();
            self.0.run_pending_tasks();
        }
    }
}

type QuickCache = quick_cache::sync::Cache<Box<str>, Value>;

impl Contestant for QuickCache {
    fn fill(&self, entries: u32) {
        (0..entries).for_each(|n| self.insert(text(n).into(), n.into()));
    }

    fn entries(&self) -> u64 {
        self.len() as u64
    }

    fn clear(&self) {
        Self::clear(self);
    }
}

impl Contestant for ShardedTtlCache<String, Value> {
    fn fill(&self, entries: u32) {
        for n in 0..entries {
            let Ok(_) = self.cache_set(text(n), n.into());
        }
    }

    fn entries(&self) -> u64 {
        self.len() as u64
    }

    fn clear(&self) {
        Self::clear(self);
    }

    fn tidy_up(&self) {
        let _ = self.evict();
    }
}

impl Contestant for ShardedLruTtlCache<String, Value> {
    fn fill(&self, entries: u32) {
        for n in 0..entries {
            let Ok(_) = self.cache_set(text(n), n.into());
        }
    }

    fn entries(&self) -> u64 {
        self.len() as u64
    }

    fn clear(&self) {
        Self::clear(self);
    }

    fn tidy_up(&self) {
        let _ = self.evict();
    }
}

type Map = hashbrown::HashMap<Box<str>, Value, RandomState>;

impl Contestant for Mutex<Map> {
    fn fill(&self, entries: u32) {
        if let Ok(mut map) = self.lock() {
            map.extend((0..entries).map(|n| (text(n).into(), n.into())));
        }
    }

    fn entries(&self) -> u64 {
        self.lock().map_or(0, |map| map.len() as u64)
    }

    fn clear(&self) {
        if let Ok(mut map) = self.lock() {
            *map = Map::default();
        }
    }
}
