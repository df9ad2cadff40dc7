//! Counters that each thread writes in a place of its own.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU64, Ordering},
};

use super::stripe::Striped;

/// What one cache has counted since it was made.
pub(crate) struct Counters(Striped<Part>);

/// What one thread has counted. Only the sums over all threads mean something: an entry may come with one and go with another.
#[derive(Default)]
pub(crate) struct Part {
    hits: AtomicU64,
    pub(crate) misses: Counter,
    pub(crate) loads: Counter,
    pub(crate) load_failures: Counter,
    pub(crate) coalesced: Counter,
    pub(crate) discarded_loads: Counter,
    pub(crate) stale_hits: Counter,
    pub(crate) refreshes: Counter,
    pub(crate) invalidations: Counter,
    pub(crate) evictions: Counter,
    pub(crate) expirations: Counter,
    pub(crate) type_mismatches: Counter,
    pub(crate) entries: Counter,
    pub(crate) weight: Counter,
}

/// The part of the calling thread.
impl Deref for Counters {
    type Target = Part;

    #[inline]
    fn deref(&self) -> &Part {
        self.0.place()
    }
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self(Striped::new())
    }

    /// Counts a hit and returns how many this thread's stripe had before.
    #[inline]
    pub(crate) fn hit(&self) -> u64 {
        self.0.mine().count(|part| &part.hits)
    }

    /// The hits of each thread's stripe.
    pub(crate) fn hits_of_each(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|part| part.hits.load(Ordering::Relaxed))
    }

    pub(crate) fn hits(&self) -> u64 {
        self.hits_of_each().fold(0, u64::wrapping_add)
    }

    /// Adds one where that happens often.
    #[inline]
    pub(crate) fn count(&self, counter: impl FnOnce(&Part) -> &Counter) {
        self.0.mine().count(|part| &counter(part).0);
    }

    /// What all threads have counted.
    pub(crate) fn sum(&self, counter: impl Fn(&Part) -> &Counter) -> u64 {
        let of_each = self.0.iter().map(|part| counter(part).get());
        of_each.fold(0, u64::wrapping_add)
    }
}

/// A part of a number that only slow paths change.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn subtract(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
