//! Those who are read while another thread stores, evicts, lets expire and invalidates. All have the same room and the same
//! short lifetime, but for those that have none.

use anyhow::Result;
use cached::{ConcurrentCached as _, ShardedLruTtlCache};
use cached_runtime::{Caches, Settings, cached, pattern};
use foldhash::fast::RandomState;

use super::{POPULAR, ROOM, TTL};
use crate::{
    poll::now,
    workload::{Call, Conversations, NoSuchUser, rendered},
};

/// One of those that are measured.
pub(super) trait Churned: Sync {
    fn name(&self) -> &'static str;

    /// Answers a call and says whether it hit. Otherwise the answer is loaded and stored.
    fn call(&self, call: Call) -> bool;

    /// Removes the answers of a call's user.
    fn invalidate(&self, call: Call);
}

pub(super) const BASE: &str = "hashbrown, which nobody changes";

pub(super) fn all() -> Result<Vec<Box<dyn Churned>>> {
    let settings = Settings::new().capacity(ROOM);
    let cached = ShardedLruTtlCache::builder()
        .max_size(usize::try_from(ROOM)?)
        .ttl(TTL)
        .build()?;
    Ok(vec![
        Box::new(Toolkit(
            Caches::builder().settings("churned", settings).build()?,
        )),
        Box::new(Moka(
            moka::future::Cache::builder()
                .max_capacity(ROOM)
                .time_to_live(TTL)
                .build_with_hasher(RandomState::default()),
        )),
        Box::new(QuickCache(quick_cache::sync::Cache::new(usize::try_from(
            ROOM,
        )?))),
        Box::new(Cached(cached)),
        Box::new(Hashbrown {
            map: (0..POPULAR)
                .map(|n| (key(Call(n)), Conversations::default()))
                .collect(),
            churned: quick_cache::sync::Cache::new(usize::try_from(ROOM)?),
        }),
    ])
}

fn key(call: Call) -> String {
    rendered(call.user_id(), call.status())
}

/// Keys by reference are rendered into a buffer that is used again.
fn with_key<R>(call: Call, with: impl FnOnce(&str) -> R) -> R {
    thread_local! {
        static BUFFER: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
    }
    BUFFER.with_borrow_mut(|buffer| {
        crate::workload::render(buffer, call);
        with(buffer)
    })
}

/// The ten answers of a call's user.
fn of_user(call: Call) -> impl Iterator<Item = Call> {
    let first = call.0 / 10 * 10;
    (first..first + 10).map(Call)
}

struct Toolkit(Caches);

thread_local! {
    static LOADED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

impl Toolkit {
    #[cached(key = "churned:user:<user_id>:status:<status>", ttl = "200ms", caches = self.0)]
    async fn list(&self, user_id: u64, status: Option<&str>) -> Result<Conversations, NoSuchUser> {
        let _ = (user_id, status);
        LOADED.set(true);
        Ok(Conversations::default())
    }
}

impl Churned for Toolkit {
    fn name(&self) -> &'static str {
        "this toolkit, #[cached]"
    }

    fn call(&self, call: Call) -> bool {
        LOADED.set(false);
        let answer = now(self.list(call.user_id(), Some(call.status())));
        answer.is_ok() && !LOADED.get()
    }

    fn invalidate(&self, call: Call) {
        let user_id = call.user_id();
        let Ok(()) = now(self.0.invalidate(pattern!("churned:user:<user_id>*")));
    }
}

struct Moka(moka::future::Cache<String, Conversations, RandomState>);

impl Churned for Moka {
    fn name(&self) -> &'static str {
        "moka, get and insert"
    }

    fn call(&self, call: Call) -> bool {
        let found = with_key(call, |key| now(self.0.get(key)));
        if found.is_none() {
            tokio::runtime::Handle::current()
                .block_on(self.0.insert(key(call), Conversations::default()));
        }
        found.is_some()
    }

    fn invalidate(&self, call: Call) {
        for call in of_user(call) {
            with_key(call, |key| {
                tokio::runtime::Handle::current().block_on(self.0.invalidate(key));
            });
        }
    }
}

struct QuickCache(quick_cache::sync::Cache<String, Conversations>);

impl Churned for QuickCache {
    fn name(&self) -> &'static str {
        "quick_cache, get and insert"
    }

    fn call(&self, call: Call) -> bool {
        let found = with_key(call, |key| self.0.get(key));
        if found.is_none() {
            self.0.insert(key(call), Conversations::default());
        }
        found.is_some()
    }

    fn invalidate(&self, call: Call) {
        for call in of_user(call) {
            with_key(call, |key| drop(self.0.remove(key)));
        }
    }
}

struct Cached(ShardedLruTtlCache<String, Conversations>);

impl Churned for Cached {
    fn name(&self) -> &'static str {
        "cached 4, ShardedLruTtlCache"
    }

    fn call(&self, call: Call) -> bool {
        let found = with_key(call, |key| self.0.get(key));
        if found.is_none() {
            let Ok(_) = self.0.cache_set(key(call), Conversations::default());
        }
        found.is_some()
    }

    fn invalidate(&self, call: Call) {
        for call in of_user(call) {
            with_key(call, |key| drop(self.0.remove(key)));
        }
    }
}

/// Shows what the machine itself does to a loop of hits: the other thread has another map to change.
struct Hashbrown {
    map: hashbrown::HashMap<String, Conversations, RandomState>,
    churned: quick_cache::sync::Cache<String, Conversations>,
}

impl Churned for Hashbrown {
    fn name(&self) -> &'static str {
        BASE
    }

    fn call(&self, call: Call) -> bool {
        if call.0 >= POPULAR {
            self.churned.insert(key(call), Conversations::default());
            return false;
        }
        with_key(call, |key| self.map.get(key).cloned()).is_some()
    }

    fn invalidate(&self, call: Call) {
        for call in of_user(call) {
            with_key(call, |key| drop(self.churned.remove(key)));
        }
    }
}
