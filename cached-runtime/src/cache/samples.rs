//! Hits on their way to the eviction policy.
//!
//! Telling the policy costs several times a hit and may make it tidy up. So a hit only leaves its digest in a ring of its
//! thread's, and whoever stores next takes all along: before that the policy has nothing to decide. What a ring has no
//! room for is lost, oldest first.

use std::{
    array,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::directory::Digest;
use crate::stats::Striped;

const ROOM: usize = 128;

/// The last hits of a thread, each in the place of its number.
#[derive(Default)]
struct Ring {
    /// Set up for threads that have hits.
    digests: OnceLock<Box<[AtomicU64; ROOM]>>,
    taken: AtomicU64,
}

pub(super) struct Samples(Striped<Ring>);

impl Samples {
    pub(super) fn new() -> Self {
        Self(Striped::new())
    }

    /// Leaves the digest of this thread's hit number `count`.
    #[inline]
    pub(super) fn add(&self, count: u64, digest: Digest) {
        let mine = self.0.mine();
        let digests = mine.place().digests.get_or_init(empty);
        if let Some(slot) = digests.get(place(count)) {
            slot.store(digest, Ordering::Relaxed);
        }
    }

    /// Takes what has come since the last time; `counts` has the hits of each thread. A digest that is just being
    /// written may be missed, or be the one from before: it is a sample.
    pub(super) fn take(&self, counts: impl Iterator<Item = u64>, mut tell: impl FnMut(Digest)) {
        for (ring, count) in self.0.iter().zip(counts) {
            if ring.taken.load(Ordering::Relaxed) == count {
                continue;
            }
            let taken = ring.taken.swap(count, Ordering::Relaxed);
            let Some(digests) = ring.digests.get() else {
                continue;
            };
            for at in taken.max(count.saturating_sub(ROOM as u64))..count {
                if let Some(slot) = digests.get(place(at)) {
                    tell(slot.load(Ordering::Relaxed));
                }
            }
        }
    }
}

#[cold]
fn empty() -> Box<[AtomicU64; ROOM]> {
    Box::new(array::from_fn(|_| AtomicU64::new(0)))
}

#[inline]
fn place(count: u64) -> usize {
    usize::try_from(count % ROOM as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Counters;

    #[test]
    fn each_hit_is_taken_once_and_the_latest_are_kept() {
        let (samples, counters) = (Samples::new(), Counters::new());
        let hit = |digest| samples.add(counters.hit(), digest);
        let take = || {
            let mut taken = Vec::new();
            samples.take(counters.hits_of_each(), |digest| taken.push(digest));
            taken
        };
        (1..=3).for_each(hit);
        assert_eq!(take(), [1, 2, 3]);
        assert_eq!(take(), []);
        (1..=200).for_each(hit);
        assert_eq!(take(), (73..=200).collect::<Vec<_>>());
    }
}
