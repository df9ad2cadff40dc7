//! What the caches and the database have counted, and what was added in between.

use cached_runtime::{Caches, Stats};

use crate::{store::Store, topic::Topic};

/// The numbers of one topic.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) coalesced: u64,
    pub(crate) discarded: u64,
    /// Statements that went to the database.
    pub(crate) queries: u64,
}

impl Count {
    fn of(stats: Option<&Stats>, queries: u64) -> Self {
        let number = |of: fn(&Stats) -> u64| stats.map_or(0, of);
        Self {
            hits: number(|stats| stats.hits),
            misses: number(|stats| stats.misses),
            coalesced: number(|stats| stats.coalesced),
            discarded: number(|stats| stats.discarded_loads),
            queries,
        }
    }

    fn each(&self, other: &Self, join: fn(u64, u64) -> u64) -> Self {
        Self {
            hits: join(self.hits, other.hits),
            misses: join(self.misses, other.misses),
            coalesced: join(self.coalesced, other.coalesced),
            discarded: join(self.discarded, other.discarded),
            queries: join(self.queries, other.queries),
        }
    }

    /// `None` when nobody asked the cache.
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    pub(crate) fn hit_rate(&self) -> Option<f64> {
        let asked = self.hits + self.misses;
        (asked > 0).then(|| self.hits as f64 / asked as f64)
    }
}

/// The numbers of all topics.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    topics: [Count; Topic::ALL.len()],
}

impl Counts {
    pub(crate) fn now(caches: &Caches, store: &Store) -> Self {
        let stats = caches.stats();
        Self {
            topics: Topic::ALL.map(|topic| {
                let stats = stats.iter().find(|(name, _)| **name == *topic.name());
                Count::of(stats.map(|(_, stats)| stats), store.queries(topic))
            }),
        }
    }

    pub(crate) fn minus(&self, before: &Self) -> Self {
        self.each(before, u64::saturating_sub)
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        self.each(other, u64::saturating_add)
    }

    /// The sum over these topics.
    pub(crate) fn of(&self, topics: &[Topic]) -> Count {
        Topic::ALL
            .iter()
            .zip(&self.topics)
            .filter(|(topic, _)| topics.contains(topic))
            .fold(Count::default(), |sum, (_, count)| {
                sum.each(count, u64::saturating_add)
            })
    }

    fn each(&self, other: &Self, join: fn(u64, u64) -> u64) -> Self {
        let mut joined = *self;
        for (count, other) in joined.topics.iter_mut().zip(&other.topics) {
            *count = count.each(other, join);
        }
        joined
    }
}
