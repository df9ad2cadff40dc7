//! Those that are a map from a key to a value, and leave the key to the caller.

use std::{hint::black_box, marker::PhantomData};

use ::tokio::runtime::Runtime;
use amalgam::{EntryOptions, source::factory};
use cachekit::policy::s3_fifo::ConcurrentS3FifoCache;
use foldhash::fast::RandomState;

use super::{Case, Contestant, Entries, TTL};
use crate::{poll::now, workload::Call};

pub(super) const BASE: &str = "hashbrown, no lock";
pub(super) const LOCK_FREE: &str = "papaya";

/// All of them, filled.
pub(super) fn all<C: Case>(entries: &Entries<C>, runtime: &Runtime) -> Vec<Box<dyn Contestant<C>>> {
    vec![
        contestant(entries.by_key().collect::<Hashbrown<C::Value>>()),
        contestant(entries.by_key().collect::<Papaya<C::Value>>()),
        contestant(moka(entries)),
        contestant(quick_cache(entries)),
        contestant(cachekit(entries)),
        contestant(amalgam(entries, runtime)),
    ]
}

fn contestant<C: Case, M: Map<Value = C::Value> + 'static>(map: M) -> Box<dyn Contestant<C>> {
    Box::new(ByKey(map, PhantomData))
}

pub(super) trait Map: Sync {
    type Value;
    const NAME: &'static str;

    #[expect(
        clippy::ptr_arg,
        reason = "one of them takes nothing less than a `String`"
    )]
    fn get(&self, key: &String) -> impl Future<Output = Option<Self::Value>>;
}

struct ByKey<M, C>(M, PhantomData<fn(C)>);

/// The same loops as those around the attributes.
impl<C: Case, M: Map<Value = C::Value>> Contestant<C> for ByKey<M, C> {
    fn name(&self) -> &'static str {
        M::NAME
    }

    #[inline(never)]
    fn run(&self, calls: &[Call]) -> usize {
        now(async {
            let mut key = String::with_capacity(256);
            let mut answered = 0;
            for call in calls {
                key.clear();
                C::render(&mut key, *call);
                answered += usize::from(black_box(self.0.get(&key).await).is_some());
            }
            answered
        })
    }

    #[inline(never)]
    fn run_by_keys(&self, keys: &[String]) -> Option<usize> {
        Some(now(async {
            let mut answered = 0;
            for key in keys {
                answered += usize::from(black_box(self.0.get(key).await).is_some());
            }
            answered
        }))
    }

    fn answer(&self, call: Call) -> Option<C::Value> {
        now(self.0.get(&C::key(call)))
    }
}

/// A hash map that nobody writes to, without any lock.
type Hashbrown<V> = hashbrown::HashMap<String, V, RandomState>;

impl<V: Clone + Send + Sync> Map for Hashbrown<V> {
    type Value = V;
    const NAME: &'static str = BASE;

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        Self::get(self, key.as_str()).cloned()
    }
}

pub(super) type Papaya<V> = papaya::HashMap<String, V, RandomState>;

impl<V: Clone + Send + Sync> Map for Papaya<V> {
    type Value = V;
    const NAME: &'static str = LOCK_FREE;

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        self.pin().get(key.as_str()).cloned()
    }
}

type Moka<V> = moka::future::Cache<String, V, RandomState>;

fn moka<C: Case>(entries: &Entries<C>) -> Moka<C::Value> {
    let cache = moka::future::Cache::builder()
        .max_capacity(entries.room() as u64)
        .time_to_live(TTL)
        .build_with_hasher(RandomState::default());
    for (key, value) in entries.by_key() {
        now(cache.insert(key, value));
    }
    now(cache.run_pending_tasks());
    cache
}

impl<V: Clone + Send + Sync + 'static> Map for Moka<V> {
    type Value = V;
    const NAME: &'static str = "moka, future::Cache::get";

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        Self::get(self, key.as_str()).await
    }
}

pub(super) type QuickCache<V> = quick_cache::sync::Cache<String, V>;

pub(super) fn quick_cache<C: Case>(entries: &Entries<C>) -> QuickCache<C::Value> {
    let cache = QuickCache::new(entries.room());
    for (key, value) in entries.by_key() {
        cache.insert(key, value);
    }
    cache
}

impl<V: Clone + Send + Sync> Map for QuickCache<V> {
    type Value = V;
    const NAME: &'static str = "quick_cache, get";

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        Self::get(self, key.as_str())
    }
}

pub(super) type Cachekit<V> = ConcurrentS3FifoCache<String, V>;

pub(super) fn cachekit<C: Case>(entries: &Entries<C>) -> Cachekit<C::Value> {
    let cache = Cachekit::new(entries.room());
    for (key, value) in entries.by_key() {
        cache.insert(key, value);
    }
    cache
}

impl<V: Clone + Send + Sync> Map for Cachekit<V> {
    type Value = V;
    const NAME: &'static str = "cachekit, ConcurrentS3FifoCache";

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        Self::get(self, key)
    }
}

type Amalgam<V> = amalgam::Cache<V>;

fn amalgam<C: Case>(entries: &Entries<C>, runtime: &Runtime) -> Amalgam<C::Value> {
    let _inside = runtime.enter();
    let cache = Amalgam::builder()
        .default_options(EntryOptions::new(TTL))
        .try_build()
        .unwrap_or_else(|refused| panic!("amalgam: {refused}"));
    runtime.block_on(async {
        for (key, value) in entries.by_key() {
            if let Err(refused) = cache.set(&key, value).await {
                panic!("amalgam: {refused}");
            }
        }
    });
    cache
}

impl<V: Clone + Send + Sync + 'static> Map for Amalgam<V> {
    type Value = V;
    const NAME: &'static str = "amalgam, get_or_set";

    #[inline]
    async fn get(&self, key: &String) -> Option<V> {
        let never = factory(|context| async move { Err(context.fail("a hit must not load")) });
        self.get_or_set(key.as_str(), never).await.ok()
    }
}
