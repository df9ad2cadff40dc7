//! Counters that a hit can write without meeting another core's.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU64, Ordering},
};

use super::stripe::Striped;

/// What one cache has counted since it was made.
pub(crate) struct Counters {
    hits: Striped<AtomicU64>,
    others: Others,
}

/// What only slow paths count, on cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Others {
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

impl Deref for Counters {
    type Target = Others;

    fn deref(&self) -> &Others {
        &self.others
    }
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            hits: Striped::new(),
            others: Others::default(),
        }
    }

    /// Counts a hit and returns how many this thread's stripe had before.
    #[inline]
    pub(crate) fn hit(&self) -> u64 {
        self.hits.mine().count(|hits| hits)
    }

    pub(crate) fn hits(&self) -> u64 {
        let stripes = self.hits.iter();
        stripes
            .map(|hits| hits.load(Ordering::Relaxed))
            .fold(0, u64::wrapping_add)
    }
}

/// A number that only slow paths change.
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

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
