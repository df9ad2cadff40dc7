//! What a cache tells of itself.

mod counters;
mod number;
mod stripe;

use std::{fmt, time::Duration};

pub(crate) use self::counters::Counters;

/// The numbers of one cache since it was made.
///
/// Each call on a cache that is on counts as one hit or one miss. Of the misses, `loads` ran the method and `coalesced`
/// waited for another caller's load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls answered from an entry.
    pub hits: u64,
    /// Calls that found no entry they could take.
    pub misses: u64,
    /// Runs of a method to fill the cache.
    pub loads: u64,
    /// Loads that ended without an answer: an `Err`, a panic, or dropped half-way.
    pub load_failures: u64,
    /// Calls answered by a load that another caller ran, or by a value that waits to be written behind.
    pub coalesced: u64,
    /// Answers that were not stored because an invalidation overtook their load.
    pub discarded_loads: u64,
    /// Hits that were past their `ttl`, in the windows of `stale_while_revalidate` and `stale_if_error`.
    pub stale_hits: u64,
    /// Loads made while an old answer was there to hand out.
    pub refreshes: u64,
    /// Invalidations that named this cache, whether or not they met an entry.
    pub invalidations: u64,
    /// Entries removed because room was short.
    pub evictions: u64,
    /// Entries removed because their time was up.
    pub expirations: u64,
    /// Reads that found a value of another type under their key; `audit` names the methods.
    pub type_mismatches: u64,
    /// Entries in memory. Right after a large invalidation some may be among them that are waiting to be reclaimed.
    pub entries: u64,
    /// The weight of these entries; their number, unless the cache has a weigher.
    pub weight: u64,
    /// The age of the oldest entry, to within a tenth of a second.
    pub oldest: Option<Duration>,
    /// The age of the newest entry, to within a tenth of a second.
    pub newest: Option<Duration>,
}

impl Stats {
    /// The share of calls that were hits, from 0 to 1; 0 where there was no call.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of counts")]
    pub fn hit_rate(&self) -> f64 {
        let calls = self.hits + self.misses;
        if calls == 0 {
            0.0
        } else {
            self.hits as f64 / calls as f64
        }
    }

    pub(crate) fn of(counters: &Counters) -> Self {
        Self {
            hits: counters.hits(),
            misses: counters.sum(|own| &own.misses),
            loads: counters.sum(|own| &own.loads),
            load_failures: counters.load_failures.get(),
            coalesced: counters.coalesced.get(),
            discarded_loads: counters.discarded_loads.get(),
            stale_hits: counters.stale_hits.get(),
            refreshes: counters.refreshes.get(),
            invalidations: counters.invalidations.get(),
            evictions: counters.evictions.get(),
            expirations: counters.expirations.get(),
            type_mismatches: counters.type_mismatches.get(),
            entries: counters.entries(),
            weight: counters.weight(),
            oldest: None,
            newest: None,
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} hits, {} misses ({:.1} %), {} loads, {} coalesced, {} entries",
            self.hits,
            self.misses,
            100.0 * self.hit_rate(),
            self.loads,
            self.coalesced,
            self.entries,
        )
    }
}

/// An entry that is read often.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Popular {
    /// The key; one of more than 1,024 bytes is shortened.
    pub key: String,
    /// Roughly how many hits it had, at most some 500 million: a few are counted one by one, then every sixteenth stands for
    /// sixteen, and of a thousand or more fewer still, so that the number is right to within a few per cent.
    pub hits: u32,
    /// Time since it was stored, to within a tenth of a second.
    pub age: Duration,
    /// Time until it expires, if it is read often enough.
    pub remaining: Duration,
}
