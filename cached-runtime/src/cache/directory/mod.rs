//! The read path: from the digest of a rendered key to its entry, without a lock.

mod renewal;

use std::hash::{BuildHasher, Hasher};

use cached_key::Blocks;
// In models always the same, so that a schedule can be replayed.
#[cfg(all(test, cached_model))]
use foldhash::fast::FixedState as RandomState;
#[cfg(not(all(test, cached_model)))]
use foldhash::fast::RandomState;
use papaya::{Guard, HashMap, OccupiedError, ResizeMode};
use seize::Collector;

use self::renewal::Wear;
pub(super) use self::renewal::{FILLERS, Renewal};
use super::entry::Entry;
use crate::sync::{
    atomic::{AtomicUsize, Ordering},
    step,
};

/// The hash of a key's bytes, seeded anew in each process. It stands for the key in the directory and in the eviction
/// policy. Two keys of one digest take turns in one place, which costs loads, never a wrong answer: the entry has the
/// whole key.
pub(super) type Digest = u64;

/// The map lets itself fill up to 85 %, where a look-up has to try several places. Up to this many entries it is made to
/// grow at half of that. With more, places that are empty crowd entries out of the processor's cache.
const ROOMY: usize = 1 << 12;

/// Up to this many entries there is room ahead: more would take too long to move for the one call that does it.
const AHEAD: usize = 1 << 15;

/// And at first to so many at least.
const FEW: usize = 64;

/// As many places of an old table are seen to by an operation that has to look into the new one.
const CHUNK: usize = 64;

pub(super) struct Directory {
    seed: RandomState,
    entries: HashMap<Digest, Entry, PassThrough>,
    /// How many entries there has been made room for.
    room_for: AtomicUsize,
    wear: Wear,
}

impl Directory {
    /// Entries that have left are freed `batch` at a time. A batch has to interrupt the threads that read, which costs one of
    /// their hits some microseconds, and frees what lies in it in one go; until then its values live on.
    pub(super) fn new(batch: usize) -> Self {
        Self {
            seed: RandomState::default(),
            entries: HashMap::builder()
                .hasher(PassThrough)
                .collector(Collector::new().batch_size(batch))
                .resize_mode(ResizeMode::Incremental(CHUNK))
                .build(),
            room_for: AtomicUsize::new(0),
            wear: Wear::default(),
        }
    }

    #[inline]
    pub(super) fn digest(&self, key: Blocks<'_>) -> Digest {
        self.seed.hash_one(key)
    }

    /// A guard keeps what is read through it alive; it must not be held across an `.await`.
    #[inline]
    pub(super) fn guard(&self) -> impl Guard + '_ {
        self.entries.guard()
    }

    /// The entry of the key that goes on like this after the name of the cache.
    #[inline]
    pub(super) fn get<'g>(
        &self,
        digest: Digest,
        rest: &[u8],
        guard: &'g impl Guard,
    ) -> Option<&'g Entry> {
        step();
        self.entries
            .get(&digest, guard)
            .filter(|entry| entry.is_of(rest))
    }

    /// The entry under a digest, whatever its key.
    #[inline]
    pub(super) fn find<'g>(&self, digest: Digest, guard: &'g impl Guard) -> Option<&'g Entry> {
        step();
        self.entries.get(&digest, guard)
    }

    /// Puts an entry into its place if none lies there.
    #[cfg_attr(
        target_pointer_width = "64",
        expect(
            clippy::result_large_err,
            reason = "the entry comes back as it was given"
        )
    )]
    #[inline]
    pub(super) fn insert_new<'g>(
        &self,
        digest: Digest,
        entry: Entry,
        guard: &'g impl Guard,
    ) -> Result<&'g Entry, OccupiedError<'g, Entry>> {
        step();
        self.entries.try_insert(digest, entry, guard)
    }

    /// Puts an entry into its place and returns the one that lay there.
    pub(super) fn insert<'g>(
        &self,
        digest: Digest,
        entry: Entry,
        guard: &'g impl Guard,
    ) -> Option<&'g Entry> {
        step();
        self.entries.insert(digest, entry, guard)
    }

    /// Makes room ahead if there is none for one more entry.
    #[inline]
    pub(super) fn make_room(&self, guard: &impl Guard) {
        let room_for = self.room_for.load(Ordering::Relaxed);
        if room_for >= AHEAD {
            return;
        }
        let len = self.entries.len() + 1;
        if len >= room_for && len < AHEAD {
            let room = (len + 1).next_power_of_two().max(FEW);
            self.room_for.store(room, Ordering::Relaxed);
            self.reserve(room, len, guard);
            // The old table.
            guard.flush();
        }
    }

    /// Makes room for so many entries, of which some are there already: a place for each, or two.
    fn reserve(&self, room: usize, len: usize, guard: &impl Guard) {
        let places = if room <= ROOMY { 2 * room } else { room };
        // The map counts on being full to three quarters.
        let entries = places - places / 4;
        self.entries.reserve(entries.saturating_sub(len), guard);
    }

    /// Lets what this thread has removed be freed before a batch of it has come together, unless more threads read just now than
    /// there is to free.
    pub(super) fn flush(&self) {
        self.entries.guard().flush();
    }

    /// Removes the entry under `digest` if it is the one meant.
    pub(super) fn remove_if<'g>(
        &self,
        digest: Digest,
        meant: impl Fn(&Entry) -> bool,
        guard: &'g impl Guard,
    ) -> Option<&'g Entry> {
        step();
        let removed = self
            .entries
            .remove_if(&digest, |_, entry| meant(entry), guard);
        let (_, entry) = removed.ok().flatten()?;
        self.wear.add();
        Some(entry)
    }

    pub(super) fn iter<'g, G: Guard>(
        &self,
        guard: &'g G,
    ) -> impl Iterator<Item = (Digest, &'g Entry)> {
        step();
        self.entries
            .iter(guard)
            .map(|(digest, entry)| (*digest, entry))
            .filter(|(_, entry)| !entry.is_filler())
    }
}

/// Digests are hashes already.
#[derive(Clone, Copy, Default)]
pub(super) struct PassThrough;

impl BuildHasher for PassThrough {
    type Hasher = Passed;

    fn build_hasher(&self) -> Passed {
        Passed(0)
    }
}

pub(super) struct Passed(u64);

impl Hasher for Passed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only digests are hashed, and they come through `write_u64`.
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    #[inline]
    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}
