//! A new table for the directory when most of the places in the old one were left by entries that are gone.
//!
//! In papaya's tables such a place is not used again. Whoever puts something in or looks for what is not there walks past it,
//! and a table that has been emptied stays as large as it was. All that ends with a new table, which papaya makes when an entry
//! finds no place within so many steps; one cannot ask for it. So a row of places is worn out on purpose: a [filler](Entry::filler)
//! is put in and taken out again, until there is no place in its row any more. Should papaya come to work in another way, tables
//! get worn, and nothing worse.

use papaya::Guard;

use super::{Digest, Directory};
use crate::{
    cache::entry::Entry,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The stripe of the fillers' digests is that of this one. It has to be locked while a table is being renewed.
pub(in crate::cache) const FILLERS: Digest = 0;

/// So many entries must have gone at least.
const LEAST: usize = if cfg!(all(test, cached_model)) {
    1
} else {
    512
};

/// The first table is made for about as many entries, though one comes.
const SMALLEST: usize = 32;

/// How many entries papaya moves for an operation that finds no place in the old table.
const CHUNK: usize = 64;

/// Chunks that a [step](Directory::renew) moves, or that part of the table, if that is more: each step wears out a place.
const CHUNKS: usize = 64;
const STEPS: usize = 32;

/// What is known of the table, on cache lines of its own: those who remove entries write here beside what every hit reads.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Wear {
    /// Entries that have gone since the table was made.
    gone: AtomicUsize,
    /// When it was made, it had at most so many places.
    places: AtomicUsize,
    /// Chunks that have yet to be moved into the new table.
    moving: AtomicUsize,
    /// Where the row of the last filler began.
    row: AtomicUsize,
}

/// What is to become of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::cache) enum Renewal {
    /// Room for as many entries as there were, without the places of those that are gone.
    Refresh,
    /// No more room than is needed.
    Shrink,
}

impl Wear {
    /// An entry is gone.
    pub(super) fn add(&self) {
        self.gone.fetch_add(1, Ordering::Relaxed);
    }
}

impl Directory {
    /// One step of making the table anew, if it is worth it; returns whether there is more to do. Takes some forty microseconds,
    /// of tables with more than 131,072 places a thirty-second of what it takes in all.
    pub(in crate::cache) fn renew(&self, renewal: Renewal) -> bool {
        let guard = self.entries.guard();
        let chunks = self.wear.moving.load(Ordering::Relaxed);
        if chunks > 0 {
            self.go_on(renewal, chunks, &guard);
            return true;
        }
        let begins = self.needs(renewal);
        if begins {
            self.wear_out(&guard);
        }
        begins
    }

    fn needs(&self, renewal: Renewal) -> bool {
        let len = self.entries.len();
        match renewal {
            Renewal::Refresh => self.wear.gone.load(Ordering::Relaxed) >= len.max(LEAST),
            Renewal::Shrink => len == 0 && self.places() > LEAST,
        }
    }

    /// A bound of the places in the table: those of a new one are at most four for each entry.
    fn places(&self) -> usize {
        let entries = self.entries.len() + self.wear.gone.load(Ordering::Relaxed);
        let made = self.wear.places.load(Ordering::Relaxed);
        made.max(1 << (4 * entries.max(SMALLEST)).ilog2())
    }

    /// Uses up all places in one row, so that papaya begins a new table.
    fn wear_out(&self, guard: &impl Guard) {
        let Wear {
            gone,
            places,
            moving,
            row,
        } = &self.wear;
        let bound = self.places();
        let next = row.load(Ordering::Relaxed).wrapping_add(1);
        row.store(next, Ordering::Relaxed);
        // Lest it be tried in vain again and again.
        gone.store(0, Ordering::Relaxed);
        places.store(bound, Ordering::Relaxed);
        let filler = self.filler();
        // Once more than the steps that papaya makes in a table of so many places.
        for _ in 0..5 * bound.ilog2() + 2 {
            if self
                .entries
                .try_insert(filler, Entry::filler(), guard)
                .is_err()
            {
                // The digest of a key.
                return;
            }
            self.entries.remove(&filler, guard);
        }
        moving.store(bound.div_ceil(CHUNK), Ordering::Relaxed);
    }

    /// Moves some entries, by looking for a place in the row that was worn out.
    fn go_on(&self, renewal: Renewal, chunks: usize, guard: &impl Guard) {
        let bound = self.places();
        let step = chunks.min(CHUNKS.max(bound / CHUNK / STEPS));
        let filler = self.filler();
        let first = self.entries.try_insert(filler, Entry::filler(), guard);
        if first.is_ok() {
            for _ in 1..step {
                self.entries.insert(filler, Entry::filler(), guard);
            }
            self.entries.remove(&filler, guard);
        }
        let left = chunks - step;
        if left == 0 {
            self.end(renewal, bound, guard);
        }
        self.wear.moving.store(left, Ordering::Relaxed);
    }

    fn end(&self, renewal: Renewal, bound: usize, guard: &impl Guard) {
        // It begins when everything has been moved.
        let _ = self.entries.iter(guard);
        let len = self.entries.len();
        let places = &self.wear.places;
        if len <= bound / 8 {
            places.store(bound / 2, Ordering::Relaxed);
        }
        match renewal {
            Renewal::Shrink => self.roomy_for.store(0, Ordering::Relaxed),
            Renewal::Refresh => {
                let room = self.roomy_for.load(Ordering::Relaxed);
                self.reserve(room, len, guard);
                places.fetch_max(2 * room, Ordering::Relaxed);
            }
        }
        guard.flush();
    }

    /// The digest of the filler. The halves are those of a digest: the row, and the stripe.
    fn filler(&self) -> Digest {
        let row = self.wear.row.load(Ordering::Relaxed) as u64;
        FILLERS | row.wrapping_mul(0x9E37_79B9) & u64::from(u32::MAX)
    }
}

#[cfg(test)]
#[cfg(not(cached_model))]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        thread::{self, ScopedJoinHandle},
    };

    use crate::{cache::testing::*, shape::Plain};

    /// Readers and writers of keys of their own, while the table is made anew again and again.
    #[test]
    fn nothing_is_lost_and_nothing_is_found_that_is_gone() {
        const KEYS: u64 = 700;
        let rounds = if cfg!(debug_assertions) { 20 } else { 200 };
        let core = core();
        let hit = |n| {
            let key = miss(&core, n).key;
            core.hit::<Plain<u64>>(core.digest(key.as_bytes()), key.as_bytes())
        };
        let work = |thread: u64| {
            for _ in 0..rounds {
                let keys = thread * KEYS..(thread + 1) * KEYS;
                for n in keys.clone() {
                    now(load(miss(&core, n), async move { n }));
                    assert_eq!(hit(n), Some(n));
                }
                for n in keys.clone() {
                    assert_eq!(hit(n), Some(n));
                    core.invalidate_name(miss(&core, n).key.as_bytes());
                }
                assert!(keys.clone().all(|n| hit(n).is_none()));
            }
        };
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let renewing = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    core.run_pending_tasks();
                }
            });
            let working = [0, 1, 2].map(|thread| scope.spawn(move || work(thread)));
            let ends = working.map(ScopedJoinHandle::join);
            done.store(true, Ordering::Relaxed);
            assert!(renewing.join().is_ok() && ends.iter().all(Result::is_ok));
        });
        core.run_pending_tasks();
        let tables = core.shelf.directory.wear.row.load(Ordering::Relaxed);
        assert!(tables > rounds / 2, "{tables} tables were begun");
        let stats = core.stats();
        assert_eq!((stats.entries, stats.weight), (0, 0));
    }
}
