//! A named cache, as it is used by hand. The attributes go the same way.

mod act;
mod board;
mod content;
mod core;
mod count;
mod course;
mod critical;
mod directory;
mod entry;
mod eviction;
mod fence;
mod flight;
mod flights;
mod heat;
mod lead;
mod lifetime;
mod load;
mod many;
mod miss;
#[cfg(cached_model)]
#[cfg(test)]
mod model;
mod name;
mod overlay;
mod read;
mod reclaim;
mod scope;
mod store;
#[cfg(test)]
mod testing;
mod tree;
mod turns;
mod update;
mod upkeep;
#[cfg(test)]
#[cfg(not(cached_model))]
mod voyages;
mod waits;

use std::{fmt, pin::pin, sync::Arc};

use cached_key::{Key, Pattern};

pub(crate) use self::{
    act::act,
    content::AnyValue,
    core::Core,
    critical::{Critical, lock},
    load::{Loading, Way, load_in_background},
    miss::Miss,
    name::KeyName,
    overlay::{Pending, State},
    scope::Frozen,
    update::{Update, Watch},
};
use crate::{
    caches::{Caches, Target},
    call::{self, Lookup},
    context::{Phase, phase},
    policy::{Given, Policy},
    shape::{Alone, Fallible, Optional, Shape},
    stats::{Popular, Stats},
    transaction,
    value::CacheValue,
};

/// One named cache of a set. Clones are the same cache.
///
/// The first segment of a key names its cache. Given a key of another cache, a method turns to that one.
///
/// A cache that has as much as it may hold keeps what is asked for often and of late; of a new entry and an old one the new one
/// may be the one to go. Entries whose time is up give their memory back when others are stored, and where calls run in a
/// Tokio runtime, some seconds later with nobody calling: as long as there are entries a task looks after the cache. There
/// is none for a clock of one's own.
#[derive(Clone)]
pub struct Cache {
    core: Arc<Core>,
    caches: Caches,
}

impl Cache {
    pub(crate) fn new(core: Arc<Core>, caches: Caches) -> Self {
        Self { core, caches }
    }

    fn of(&self, key: &Key) -> Arc<Core> {
        if key.cache() == self.core.name() {
            Arc::clone(&self.core)
        } else {
            self.caches.core(key.cache())
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.core.name()
    }

    /// The value stored under a key, if it is there and of this type. Counts as a hit or a miss. Inside of a
    /// [`transaction`](crate::transaction()) that has changed something there is none.
    pub fn get<T: CacheValue>(&self, key: &Key) -> Option<T> {
        let core = self.of(key);
        if !core.is_enabled() || phase() == Phase::Changed {
            return None;
        }
        let (digest, key) = (core.digest(key.as_bytes()), key.as_bytes());
        let found = core
            .hit::<Optional<T>>(digest, key)
            .or_else(|| core.hit_ahead::<Optional<T>>(digest, key));
        let found = found.or_else(|| {
            core.missed();
            core.pending::<Optional<T>>(digest, key)
        });
        found.flatten()
    }

    /// Stores a value, in place of what is there. Loads of the key that are under way will not replace it. While the
    /// cache is off, or inside of a [`transaction`](crate::transaction()), nothing is stored, and what is there is removed.
    ///
    /// The entry has no tags, also where the one before it had some: give it those of the method that loads it with
    /// [`insert_tagged`](Self::insert_tagged), or an invalidation of them will not find it.
    pub fn insert<T: CacheValue>(&self, key: &Key, value: T, policy: &Policy) {
        self.insert_tagged(key, value, policy, &[]);
    }

    /// [`insert`](Self::insert) with tags, which [`Caches::invalidate_tag`] can name.
    pub fn insert_tagged<T: CacheValue>(&self, key: &Key, value: T, policy: &Policy, tags: &[Key]) {
        let core = self.of(key);
        if core.is_enabled() && phase() == Phase::Outside {
            core.insert(key, value, policy, tags);
        } else {
            self.repeat_later(|| Target::Keys(Pattern::from(key)));
            core.invalidate_key(key);
        }
    }

    /// The value stored under a key, or else the one that `load` brings, which is stored. Of several callers one
    /// runs its load, the others wait for it. An error goes to the caller whose load it was; the others try for
    /// themselves, a few at a time.
    ///
    /// # Cancellation
    ///
    /// Dropping the future while it loads drops the load; one of those who wait takes over.
    pub async fn get_or_load<T, E, F>(&self, key: &Key, policy: &Policy, load: F) -> Result<T, E>
    where
        T: CacheValue,
        F: Future<Output = Result<T, E>>,
    {
        let shape = Fallible::<T, E, Alone>::new();
        self.get_or_load_as(shape, key, policy, |_| true, load)
            .await
    }

    /// [`get_or_load`](Self::get_or_load) for loads of any [shape](crate::shape), storing values for which `store_if`
    /// holds.
    ///
    /// ```
    /// # use cached_runtime::{Caches, key, policy, shape::Optional};
    /// # async fn f() {
    /// let id = 7;
    /// let name = Caches::global()
    ///     .cache("names")
    ///     .get_or_load_as(Optional::new(), &key!("names:<id>"), &policy::API, |_| true, async { Some("Ada") })
    ///     .await;
    /// # }
    /// ```
    pub async fn get_or_load_as<S, F>(
        &self,
        shape: S,
        key: &Key,
        policy: &Policy,
        store_if: impl Fn(&S::Value) -> bool,
        load: F,
    ) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        F: Future<Output = S::Answer>,
    {
        let lookup = self.look_up(shape, key, policy);
        lookup.load_if(store_if, pin!(load)).await
    }

    /// Looks a key up, and leaves it to the [`Lookup`] how the answer is loaded if it is not there. This is what `#[cached]`
    /// does; here is what its `tags` and `background` are by hand:
    ///
    /// ```
    /// # use cached_runtime::{Caches, Policy, key, shape::Plain};
    /// # use std::time::Duration;
    /// # async fn f() {
    /// const LISTS: Policy = Policy::new(Duration::from_secs(60)).stale_while_revalidate(Duration::from_secs(600));
    ///
    /// let (tenant, id) = ("acme", 7);
    /// let list = Caches::global()
    ///     .cache("lists")
    ///     .look_up(Plain::new(), &key!("lists:<id>"), &LISTS)
    ///     .tagged(key!("tenant:<tenant>"))
    ///     .load_in_background(|_| true, async move { vec![id] })
    ///     .await;
    /// # }
    /// ```
    pub fn look_up<S: Shape<Value: CacheValue>>(
        &self,
        shape: S,
        key: &Key,
        policy: &Policy,
    ) -> Lookup<S> {
        call::lookup_in(
            &self.of(key),
            shape,
            key.as_bytes().into(),
            Given::Here(policy),
        )
    }

    /// Invalidates one key, as [`Caches::invalidate`] does.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn remove(&self, key: &Key) {
        self.repeat_later(|| Target::Keys(Pattern::from(key)));
        self.of(key).invalidate_key(key);
    }

    /// Lets one key be past its time, as [`Caches::expire`] does.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn expire(&self, key: &Key) {
        let pattern = Pattern::from(key);
        self.of(key).expire(&pattern);
        self.repeat_later(|| Target::PastTime(pattern));
    }

    /// Invalidates every key of this cache. The cost does not depend on their number; their memory is reclaimed behind.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn clear(&self) {
        self.repeat_later(|| Target::Cache(self.core.name().into()));
        self.core.clear();
    }

    /// An invalidation inside of a transaction is carried out once more at its end.
    fn repeat_later(&self, target: impl FnOnce() -> Target) {
        if phase() != Phase::Outside {
            transaction::owe(&self.caches, &[target()]);
        }
    }

    /// The numbers of this cache. Looks at every entry, for the oldest and the newest.
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }

    /// The `n` entries with the most hits, first the most popular. Looks at every entry.
    pub fn popular(&self, n: usize) -> Vec<Popular> {
        self.core.popular(n)
    }

    /// The kill switch of this cache, see [`Caches::set_enabled`].
    pub fn set_enabled(&self, enabled: bool) {
        self.core.set_enabled(enabled);
    }

    /// Whether this cache is on, and the set it belongs to.
    pub fn is_enabled(&self) -> bool {
        self.core.is_enabled()
    }

    /// Does the work that waits to be done along the way: evictions, expirations, reclaiming. Looks at every entry, in
    /// batches. Never needed, but for numbers that are exact at once.
    pub fn run_pending_tasks(&self) {
        self.core.run_pending_tasks();
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
