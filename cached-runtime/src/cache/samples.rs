//! Sampled hits on their way to the eviction policy.
//!
//! Telling the policy costs several times a hit and may make it tidy up. So a hit only leaves its digest in a ring of its
//! thread's, and whoever stores next takes them along: before that the policy has nothing to decide. What the ring has
//! no room for is lost, oldest first.

use std::{
    array,
    sync::atomic::{AtomicU64, Ordering},
};

use super::directory::Digest;
use crate::stats::Striped;

const ROOM: usize = 64;

struct Ring {
    digests: [AtomicU64; ROOM],
    written: AtomicU64,
    taken: AtomicU64,
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            digests: array::from_fn(|_| AtomicU64::new(0)),
            written: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        }
    }
}

pub(super) struct Samples(Striped<Ring>);

impl Samples {
    pub(super) fn new() -> Self {
        Self(Striped::new())
    }

    /// Leaves a digest for whoever stores next.
    pub(super) fn add(&self, digest: Digest) {
        let ring = self.0.mine();
        let at = ring.count(|ring| &ring.written);
        if let Some(slot) = ring.place().digests.get(place(at)) {
            slot.store(digest, Ordering::Relaxed);
        }
    }

    /// Takes what is there. A digest that is just being written may be missed or be the one from before; it is a sample.
    pub(super) fn take(&self, mut tell: impl FnMut(Digest)) {
        for ring in self.0.iter() {
            let written = ring.written.load(Ordering::Relaxed);
            if ring.taken.load(Ordering::Relaxed) == written {
                continue;
            }
            let taken = ring.taken.swap(written, Ordering::Relaxed);
            for at in taken.max(written.saturating_sub(ROOM as u64))..written {
                if let Some(slot) = ring.digests.get(place(at)) {
                    tell(slot.load(Ordering::Relaxed));
                }
            }
        }
    }
}

fn place(at: u64) -> usize {
    usize::try_from(at % ROOM as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_is_taken_once_and_the_latest_are_kept() {
        let samples = Samples::new();
        let take = || {
            let mut taken = Vec::new();
            samples.take(|digest| taken.push(digest));
            taken
        };
        (1..=3).for_each(|digest| samples.add(digest));
        assert_eq!(take(), [1, 2, 3]);
        assert_eq!(take(), []);
        (1..=100).for_each(|digest| samples.add(digest));
        assert_eq!(take(), (37..=100).collect::<Vec<_>>());
    }
}
