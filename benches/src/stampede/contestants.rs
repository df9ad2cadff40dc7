//! Those who let one caller load while the others wait, each by the call that it has for that.

use std::sync::{Arc, Mutex};

use amalgam::{Cache as AmalgamCache, EntryOptions};
use anyhow::Result;
use cached_runtime::cached;
use foldhash::fast::RandomState;
use tokio::{runtime::Runtime, sync::OnceCell};

use super::{Coalescing, Crowd};
use crate::{
    contestants::TTL,
    workload::{Conversations, NoSuchUser},
};

const ROOM: u64 = 10_000;

/// Writes the tasks around one way to ask for an answer.
macro_rules! coalescing {
    ($name:expr, $type:ty, |$this:ident, $id:ident, $crowd:ident| $answered:expr) => {
        impl $crate::stampede::Coalescing for $type {
            fn name(&self) -> &'static str {
                $name
            }

            fn stampede(
                self: ::std::sync::Arc<Self>,
                runtime: &::tokio::runtime::Runtime,
                $id: u64,
                crowd: &::std::sync::Arc<$crate::stampede::Crowd>,
            ) -> ::std::time::Duration {
                runtime.block_on(async {
                    let begun = ::std::time::Instant::now();
                    let callers: Vec<_> = (0..$crate::stampede::CALLERS)
                        .map(|_| {
                            let (this, crowd) = (self.clone(), crowd.clone());
                            ::tokio::spawn(async move {
                                let ($this, $crowd) = (&*this, &crowd);
                                $crowd.arrive();
                                $answered
                            })
                        })
                        .collect();
                    let mut answered = 0;
                    for caller in callers {
                        answered += u64::from(caller.await.unwrap_or(false));
                    }
                    let took = begun.elapsed();
                    assert_eq!(answered, $crate::stampede::CALLERS, "answers of {}", $name);
                    took
                })
            }
        }
    };
}

#[expect(
    clippy::vec_box,
    reason = "the tasks share a contestant, and what plays the rounds takes boxes"
)]
pub(super) fn all(runtime: &Runtime) -> Result<Vec<Box<Arc<dyn Coalescing>>>> {
    let _inside = runtime.enter();
    let amalgam = AmalgamCache::builder().default_options(EntryOptions::new(TTL));
    let all: [Arc<dyn Coalescing>; 6] = [
        Arc::new(Toolkit),
        Arc::new(Moka(
            moka::future::Cache::builder()
                .max_capacity(ROOM)
                .time_to_live(TTL)
                .build_with_hasher(RandomState::default()),
        )),
        Arc::new(QuickCache(quick_cache::sync::Cache::new(10_000))),
        Arc::new(Cached),
        Arc::new(Amalgam(amalgam.try_build()?)),
        Arc::new(Cell::default()),
    ];
    Ok(all.into_iter().map(Box::new).collect())
}

fn rendered(id: u64) -> String {
    format!("stampede:{id}")
}

#[cached(key = "stampede:<id>", ttl = "30m", skip(crowd))]
async fn by_toolkit(id: u64, crowd: &Crowd) -> Result<Conversations, NoSuchUser> {
    let _ = id;
    crowd.load().await
}

struct Toolkit;

coalescing!("this toolkit, #[cached]", Toolkit, |_this, id, crowd| {
    by_toolkit(id, crowd).await.is_ok()
});

struct Moka(moka::future::Cache<String, Conversations, RandomState>);

coalescing!("moka, try_get_with_by_ref", Moka, |this, id, crowd| {
    let key = rendered(id);
    let answer = this.0.try_get_with_by_ref(key.as_str(), crowd.load());
    answer.await.is_ok()
});

struct QuickCache(quick_cache::sync::Cache<String, Conversations>);

coalescing!(
    "quick_cache, get_or_insert_async",
    QuickCache,
    |this, id, crowd| {
        let key = rendered(id);
        let answer = this.0.get_or_insert_async(key.as_str(), crowd.load());
        answer.await.is_ok()
    }
);

#[cached::macros::cached(
    max_size = 10_000,
    ttl_secs = 1800,
    sync_writes = "by_key",
    key = "String",
    convert = { rendered(id) }
)]
async fn by_cached(id: u64, crowd: &Crowd) -> Result<Conversations, NoSuchUser> {
    let _ = id;
    crowd.load().await
}

struct Cached;

coalescing!("cached 4, #[cached(by_key)]", Cached, |_this, id, crowd| {
    by_cached(id, crowd).await.is_ok()
});

struct Amalgam(AmalgamCache<Conversations>);

coalescing!("amalgam, get_or_set", Amalgam, |this, id, crowd| {
    let key = rendered(id);
    // Its loads may outlive their callers, so they own what they need.
    let load = Arc::clone(crowd);
    let load = move |_| async move { load.load().await };
    this.0.get_or_set(key.as_str(), load).await.is_ok()
});

/// No cache at all: one cell for each key, as one would write it down.
#[derive(Default)]
struct Cell(Mutex<(u64, Arc<OnceCell<Conversations>>)>);

impl Cell {
    fn of(&self, id: u64) -> Arc<OnceCell<Conversations>> {
        match self.0.lock() {
            Ok(mut latest) => {
                if latest.0 != id {
                    *latest = (id, Arc::default());
                }
                Arc::clone(&latest.1)
            }
            Err(_) => Arc::default(),
        }
    }
}

coalescing!(
    "– tokio::sync::OnceCell, no cache",
    Cell,
    |this, id, crowd| {
        let cell = this.of(id);
        cell.get_or_try_init(|| crowd.load()).await.is_ok()
    }
);
