//! Counters, those of hits and loads such that a thread can write them without meeting another core's.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU64, Ordering},
};

use super::stripe::Striped;

/// What one cache has counted since it was made.
pub(crate) struct Counters {
    own: Striped<Own>,
    others: Others,
}

/// What each thread counts for itself.
#[derive(Default)]
pub(crate) struct Own {
    hits: AtomicU64,
    pub(crate) misses: AtomicU64,
    pub(crate) loads: AtomicU64,
    /// What came less what has left: of all threads together it is what is there.
    entries: AtomicU64,
    weight: AtomicU64,
}

/// What only slow paths count, on cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Others {
    pub(crate) load_failures: Counter,
    pub(crate) coalesced: Counter,
    pub(crate) discarded_loads: Counter,
    pub(crate) stale_hits: Counter,
    pub(crate) refreshes: Counter,
    pub(crate) invalidations: Counter,
    pub(crate) evictions: Counter,
    pub(crate) expirations: Counter,
    pub(crate) type_mismatches: Counter,
}

impl Deref for Counters {
    type Target = Others;

    fn deref(&self) -> &Others {
        &self.others
    }
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            own: Striped::new(),
            others: Others::default(),
        }
    }

    /// Counts a hit and returns how many this thread's stripe had before.
    #[inline]
    pub(crate) fn hit(&self) -> u64 {
        self.own.mine().count(|own| &own.hits)
    }

    pub(crate) fn hits(&self) -> u64 {
        self.sum(|own| &own.hits)
    }

    /// Counts an entry that comes.
    #[inline]
    pub(crate) fn entered(&self, weight: u32) {
        let mine = self.own.mine();
        mine.add(|own| &own.entries, 1);
        mine.add(|own| &own.weight, u64::from(weight));
    }

    /// Counts an entry that has come and leaves.
    #[inline]
    pub(crate) fn left(&self, weight: u32) {
        let mine = self.own.mine();
        mine.add(|own| &own.entries, 1_u64.wrapping_neg());
        mine.add(|own| &own.weight, u64::from(weight).wrapping_neg());
    }

    pub(crate) fn entries(&self) -> u64 {
        balance(self.sum(|own| &own.entries))
    }

    pub(crate) fn weight(&self) -> u64 {
        balance(self.sum(|own| &own.weight))
    }

    /// Adds one to a counter of the thread's own.
    #[inline]
    pub(crate) fn count(&self, counter: impl FnOnce(&Own) -> &AtomicU64) {
        self.own.mine().count(counter);
    }

    /// What all threads have counted.
    pub(crate) fn sum(&self, counter: impl Fn(&Own) -> &AtomicU64) -> u64 {
        let of_each = self.own.iter();
        of_each
            .map(|own| counter(own).load(Ordering::Relaxed))
            .fold(0, u64::wrapping_add)
    }
}

/// Of what leaves while the sum is taken the leaving may be seen, and not the coming.
fn balance(sum: u64) -> u64 {
    i64::try_from(sum).map_or(0, |_| sum)
}

/// A number that only slow paths change.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
