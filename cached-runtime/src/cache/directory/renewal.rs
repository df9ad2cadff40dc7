//! A new table for the directory when most of the places in the old one were left by entries that are gone.
//!
//! In papaya's tables such a place is not used again. Whoever puts something in or looks for what is not there walks past it,
//! and a table that has been emptied stays as large as it was. All that ends with a new table, which papaya makes when an entry
//! finds no place within so many steps; one cannot ask for it. So a row of places is worn out on purpose: a [filler](Entry::filler)
//! is put in and taken out again, until there is no place in its row any more. Should papaya come to work in another way, tables
//! get worn, and nothing worse.

use papaya::Guard;

use super::{AHEAD, CHUNK, Digest, Directory, FEW};
use crate::{
    cache::entry::Entry,
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
};

/// The stripe of this digest is that of all fillers' digests. It has to be locked while a table is being renewed.
pub(in crate::cache) const FILLERS: Digest = 0;

/// So many entries must have gone at least.
const LEAST: usize = if cfg!(all(test, cached_model)) {
    1
} else {
    512
};

/// Tables with no more places than these stay as they are.
const SMALL: usize = 512;

/// Chunks that are moved at a time.
const CHUNKS: usize = 64;

/// What is known of the table, on cache lines of its own: those who remove entries write here beside what every hit reads. All
/// but the first is written by those who renew it.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Wear {
    /// Entries that have gone since the table was renewed. Papaya may have made another one meanwhile.
    gone: AtomicUsize,
    /// When it was renewed, it had at most so many places.
    places: AtomicUsize,
    /// Chunks that have yet to be moved into the new table.
    moving: AtomicUsize,
    /// Tells the rows of fillers apart.
    row: AtomicU32,
}

/// What a table is made anew for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::cache) enum Renewal {
    /// Room for as many entries as there were, without the places of those that are gone.
    Refresh,
    /// Half the room, if there is no entry.
    Shrink,
}

impl Wear {
    /// An entry is gone.
    pub(super) fn add(&self) {
        self.gone.fetch_add(1, Ordering::Relaxed);
    }
}

/// The stripe of [`FILLERS`] must be locked.
impl Directory {
    /// Begins to make the table anew, if it is worth it. There were at most so many entries since this was called before.
    pub(in crate::cache) fn renew(
        &self,
        renewal: Renewal,
        most: usize,
        guard: &impl Guard,
    ) -> bool {
        let Wear {
            gone,
            places,
            moving,
            ..
        } = &self.wear;
        let len = self.entries.len();
        // A new table has at most four places for each entry, or as many as the old one.
        let made = places.load(Ordering::Relaxed);
        let bound = made.max((4 * (most + FEW / 2)).next_power_of_two());
        places.store(bound, Ordering::Relaxed);
        let (worth_it, room) = match renewal {
            Renewal::Refresh => (
                gone.load(Ordering::Relaxed) >= len.max(LEAST),
                (most + 1).next_power_of_two().min(AHEAD),
            ),
            Renewal::Shrink => (len == 0 && bound > SMALL, 0),
        };
        if !worth_it {
            return false;
        }
        gone.store(0, Ordering::Relaxed);
        self.room_for.fetch_min(room, Ordering::Relaxed);
        self.wear_out(bound, guard);
        // Papaya halves a table of which no more than an eighth is taken.
        if len.max(self.entries.len()) <= bound / 8 {
            places.store(bound / 2, Ordering::Relaxed);
        }
        moving.store(bound.div_ceil(CHUNK), Ordering::Relaxed);
        true
    }

    /// Uses up all places in one row, so that papaya begins a new table.
    fn wear_out(&self, bound: usize, guard: &impl Guard) {
        self.wear.row.fetch_add(1, Ordering::Relaxed);
        let filler = self.filler();
        for _ in 0..tries(bound) {
            let result = self.entries.try_insert(filler, Entry::filler(), guard);
            if result.is_err() {
                // The digest of a key.
                return;
            }
            self.entries.remove(&filler, guard);
        }
    }

    /// Moves some entries into the new table, if one was begun, and returns whether it was. Takes some tens of microseconds.
    pub(in crate::cache) fn move_some(&self, guard: &impl Guard) -> bool {
        let chunks = self.wear.moving.load(Ordering::Relaxed);
        if chunks == 0 {
            return false;
        }
        let filler = self.filler();
        for _ in 0..chunks.min(CHUNKS) {
            // It is not there. Whoever looks for it finds the row used up, sees to a chunk, and looks into the new table.
            let _ = self
                .entries
                .remove_if(&filler, |_, entry| entry.is_filler(), guard);
        }
        let left = chunks.saturating_sub(CHUNKS);
        if left == 0 {
            self.finish(guard);
        }
        self.wear.moving.store(left, Ordering::Relaxed);
        true
    }

    fn finish(&self, guard: &impl Guard) {
        // What may be left: papaya moves everything before it begins to iterate.
        let _ = self.entries.iter(guard);
        let (len, room) = (self.entries.len(), self.room_for.load(Ordering::Relaxed));
        if len < room {
            self.reserve(room, len, guard);
            self.wear.places.fetch_max(2 * room, Ordering::Relaxed);
        }
        // The old table.
        guard.flush();
    }

    /// The digest of the filler: the lower half is the row, the upper one has the stripe.
    fn filler(&self) -> Digest {
        /// Rows that follow each other do not begin side by side.
        const SPREAD: u32 = 0x9E37_79B9;
        let row = self.wear.row.load(Ordering::Relaxed);
        FILLERS | u64::from(row.wrapping_mul(SPREAD))
    }
}

/// Papaya looks at five places for each bit of their number, and at one more, before it makes a new table. Here for twice as
/// many: several insertions at once can have made more of them.
fn tries(places: usize) -> u32 {
    5 * (places.ilog2() + 1) + 2
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
        let begun = core.shelf.directory.wear.row.load(Ordering::Relaxed);
        assert!(u64::from(begun) > rounds / 2, "{begun} tables were begun");
        let stats = core.stats();
        assert_eq!((stats.entries, stats.weight), (0, 0));
    }
}
