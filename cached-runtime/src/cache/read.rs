//! The way of a hit, and what others read on their way to a load.

use std::any::Any;

use papaya::Guard;

use super::{
    core::Core,
    directory::Digest,
    entry::{Entry, Glance},
    lifetime::Stage,
    miss::Miss,
};
use crate::{
    shape::Shape,
    sync::atomic::Ordering,
    time::{Moment, Reading},
    value::CacheValue,
};

/// What a caller finds who means to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The answer.
    Answer,
    /// An old answer, and it is too early to load it anew.
    NotYet,
    /// An old answer that somebody is to load anew.
    Renew,
    /// No answer.
    Load,
}

impl Core {
    /// The answer stored under a key, counted as a hit.
    #[inline(always)]
    pub(crate) fn hit<S: Shape<Value: CacheValue>>(
        &self,
        digest: Digest,
        key: &[u8],
    ) -> Option<S::Answer> {
        let guard = self.shelf.directory.guard();
        let glance = self.glance();
        let entry = self.entry(digest, key, &guard)?;
        if !entry.is_fresh(glance) {
            return None;
        }
        let answer = self.answer::<S>(entry)?;
        self.note_hit(entry, glance.now);
        Some(answer)
    }

    /// The same for an answer that is due: while somebody loads it anew, or too early to try again, the old one will do.
    /// Counted as a hit.
    pub(crate) fn hit_meanwhile<S: Shape<Value: CacheValue>>(
        &self,
        digest: Digest,
        key: &[u8],
    ) -> Option<S::Answer> {
        self.hit_late::<S>(digest, key, |stage, waits| match stage {
            Stage::Ahead | Stage::Stale => {
                waits || self.stripe(digest).joinable(digest, key).is_some()
            }
            Stage::Spare => waits,
            Stage::Fresh | Stage::Gone => false,
        })
    }

    /// The same for a caller who will not load: within its `ttl` an answer is as good as any. Counted as a hit.
    pub(crate) fn hit_ahead<S: Shape<Value: CacheValue>>(
        &self,
        digest: Digest,
        key: &[u8],
    ) -> Option<S::Answer> {
        self.hit_late::<S>(digest, key, |stage, _| stage == Stage::Ahead)
    }

    fn hit_late<S: Shape<Value: CacheValue>>(
        &self,
        digest: Digest,
        key: &[u8],
        will_do: impl FnOnce(Stage, bool) -> bool,
    ) -> Option<S::Answer> {
        let guard = self.shelf.directory.guard();
        let glance = self.glance();
        let now = glance.now;
        let entry = self.entry(digest, key, &guard)?;
        let stage = entry.stage(glance);
        if !will_do(stage, entry.waits_after_failure(now)) {
            return None;
        }
        let answer = self.answer::<S>(entry)?;
        self.note_hit(entry, now);
        if matches!(stage, Stage::Stale | Stage::Spare) {
            self.shelf.counters.stale_hits.increment();
        }
        Some(answer)
    }

    /// The fresh answer for a caller that was counted as a miss before.
    pub(super) fn late_answer<S: Shape<Value: CacheValue>>(
        &self,
        miss: &Miss,
    ) -> Option<S::Answer> {
        self.answer_if::<S>(miss, Entry::is_fresh)
    }

    /// The old answer for a caller that was counted as a miss before.
    pub(super) fn old_answer<S: Shape<Value: CacheValue>>(&self, miss: &Miss) -> Option<S::Answer> {
        self.answer_if::<S>(miss, |entry, glance| match entry.stage(glance) {
            Stage::Fresh | Stage::Ahead | Stage::Stale => true,
            Stage::Spare => entry.waits_after_failure(glance.now),
            Stage::Gone => false,
        })
    }

    /// The answer that stands in for the load with this number, which has failed, and is not loaded anew for a while.
    pub(super) fn spare<S: Shape<Value: CacheValue>>(
        &self,
        miss: &Miss,
        number: u64,
    ) -> Option<S::Answer> {
        self.answer_if::<S>(miss, |entry, glance| {
            let stands_in = entry.has_late_life() && entry.stage(glance) != Stage::Gone;
            if stands_in {
                entry.note_failure(glance.now, number);
            }
            stands_in
        })
    }

    fn answer_if<S: Shape<Value: CacheValue>>(
        &self,
        miss: &Miss,
        meant: impl FnOnce(&Entry, Glance) -> bool,
    ) -> Option<S::Answer> {
        let guard = self.shelf.directory.guard();
        let glance = self.glance();
        let entry = self.entry_of(miss, &guard)?;
        meant(entry, glance)
            .then(|| self.answer::<S>(entry))
            .flatten()
    }

    /// What a caller finds, without running code of the user's.
    pub(super) fn judge<S: Shape<Value: CacheValue>>(
        &self,
        miss: &Miss,
        reading: Reading,
    ) -> Verdict {
        let guard = self.shelf.directory.guard();
        let generation = self.generation();
        let Some(entry) = self
            .entry_of(miss, &guard)
            .filter(|entry| entry.content.answers::<S::Value>(S::absent().is_some()))
        else {
            return Verdict::Load;
        };
        let now = reading.now();
        let glance = Glance { generation, now };
        match (entry.stage(glance), entry.waits_after_failure(glance.now)) {
            (Stage::Fresh, _) => Verdict::Answer,
            (Stage::Ahead | Stage::Stale | Stage::Spare, true) => Verdict::NotYet,
            (Stage::Ahead | Stage::Stale, false) => Verdict::Renew,
            (Stage::Spare, false) | (Stage::Gone, _) => Verdict::Load,
        }
    }

    /// Whether [`late_answer`](Self::late_answer) would find one.
    pub(super) fn has_answer<S: Shape<Value: CacheValue>>(&self, miss: &Miss) -> bool {
        self.judge::<S>(miss, self.timer.reading()) == Verdict::Answer
    }

    /// Whether an entry lies there that is good for anything, and whose load began earlier than the one with this number.
    pub(super) fn has_older(&self, miss: &Miss, number: u64) -> bool {
        let guard = self.shelf.directory.guard();
        let glance = self.glance();
        self.entry_of(miss, &guard)
            .is_some_and(|entry| entry.id < number && entry.stage(glance) != Stage::Gone)
    }

    fn entry_of<'g>(&self, miss: &Miss, guard: &'g impl Guard) -> Option<&'g Entry> {
        self.entry(miss.digest, miss.key.as_bytes(), guard)
    }

    /// The entry of a key.
    #[inline(always)]
    pub(super) fn entry<'g>(
        &self,
        digest: Digest,
        key: &[u8],
        guard: &'g impl Guard,
    ) -> Option<&'g Entry> {
        let directory = &self.shelf.directory;
        directory.get(digest, self.rest(key), guard)
    }

    #[inline(always)]
    fn answer<S: Shape<Value: CacheValue>>(&self, entry: &Entry) -> Option<S::Answer> {
        if let Some(value) = entry.content.value::<S::Value>() {
            return Some(S::found(value.clone()));
        }
        // In memory of its own, lest the usual answer has to go through it.
        let mut answer = None;
        self.other_answer::<S>(entry, &mut answer);
        answer
    }

    #[inline(never)]
    fn other_answer<S: Shape<Value: CacheValue>>(
        &self,
        entry: &Entry,
        answer: &mut Option<S::Answer>,
    ) {
        if entry.content.is_absent() {
            *answer = S::absent();
            return;
        }
        let count = entry.content.count();
        let count = count.map(|count| count.load(Ordering::Relaxed));
        let value = count
            .as_ref()
            .and_then(|count| (count as &dyn Any).downcast_ref::<S::Value>());
        if value.is_none() {
            self.shelf.counters.type_mismatches.increment();
        }
        *answer = value.cloned().map(S::found);
    }

    /// Counts a hit, and notes it in the entry if that is not hot already. Which hits are noted all the same is left to
    /// chance, so that no rhythm of calls can hide an entry.
    #[inline(always)]
    pub(super) fn note_hit(&self, entry: &Entry, now: Moment) {
        let dice = self
            .shelf
            .counters
            .hit()
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        if !entry.heat.ignores(dice) {
            note_read(entry, now, dice);
        }
    }
}

#[cold]
fn note_read(entry: &Entry, now: Moment, dice: u64) {
    entry.note_read(now, dice);
}
