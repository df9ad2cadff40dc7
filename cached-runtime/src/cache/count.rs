//! Counters: entries that are changed where they lie.

use std::{sync::Arc, time::Duration};

use cached_key::Key;

use super::{Cache, core::Core, directory::Digest, entry::Entry, lifetime::Stage};
use crate::{policy::Policy, sync::atomic::Ordering, time::Moment};

impl Cache {
    /// Adds `by` to the counter under a key and returns what it comes to: the count of a rate limit, for example.
    ///
    /// The first increment makes the counter, and it lives for `ttl` from then on, however often it is incremented: a
    /// window that does not move. The next increment after that begins a new one. The operator's settings override
    /// `ttl` as always. A sum that does not fit stays at the end of the range.
    ///
    /// A counter is an entry that holds an `i64`: [`get::<i64>`](Self::get) reads it, [`insert`](Self::insert) sets it,
    /// an invalidation or a clear resets it, and it may be evicted where room is short, so give counters a cache of
    /// their own with a capacity above the number of keys in a window. An entry of another type under the key is
    /// replaced. Each call counts as a hit, or as a miss if it makes the counter.
    ///
    /// Of increments that run at the same time none is lost, on any number of threads; those that meet an invalidation
    /// or the end of the window count as before it. A counter that is there is incremented without a lock.
    ///
    /// While the cache is off the answer is `by`, and nothing is kept.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cached_runtime::{Caches, key};
    ///
    /// fn may_send(caches: &Caches, user: u64) -> bool {
    ///     let window = Duration::from_secs(60);
    ///     caches.cache("sent").increment(&key!("sent:<user>"), 1, window) <= 3
    /// }
    ///
    /// let caches = Caches::builder().build().unwrap();
    /// let sent: Vec<bool> = (0..5).map(|_| may_send(&caches, 42)).collect();
    /// assert_eq!(sent, [true, true, true, false, false]);
    /// assert!(may_send(&caches, 7));
    /// ```
    ///
    /// # Panics
    ///
    /// If `ttl` is zero, as [`Policy::new`] does.
    #[track_caller]
    pub fn increment(&self, key: &Key, by: i64, ttl: Duration) -> i64 {
        let policy = Policy::new(ttl);
        let core = self.of(key);
        if core.is_enabled() {
            core.increment(key, by, &policy)
        } else {
            // It would miss this increment when the cache is on again.
            core.invalidate_key(key);
            by
        }
    }
}

impl Core {
    pub(super) fn increment(self: &Arc<Self>, key: &Key, by: i64, policy: &Policy) -> i64 {
        let digest = self.digest(key.as_bytes());
        let now = self.timer.now();
        let note = |entry: &Entry| self.note_hit(entry, now);
        if let Some(count) = self.count_up(key, digest, by, now, note) {
            return count;
        }
        self.missed();
        let mut count = by;
        if let Some(draft) = self.draft_of(by, &self.effective(policy), None) {
            let now = draft.made();
            self.put_over(key, digest, draft, &[], |_| {
                let made = self.count_up(key, digest, by, now, |_| {});
                count = made.unwrap_or(by);
                made.is_none()
            });
        }
        count
    }

    /// Adds to the counter that is there. Not the moment at which it is due counts, but the end of its `ttl`.
    fn count_up(
        &self,
        key: &Key,
        digest: Digest,
        by: i64,
        now: Moment,
        note: impl FnOnce(&Entry),
    ) -> Option<i64> {
        let guard = self.shelf.directory.guard();
        let glance = self.glance_at(now);
        let entry = self.entry(digest, key.as_bytes(), &guard)?;
        let count = entry.content.count()?;
        if !matches!(entry.stage(glance), Stage::Fresh | Stage::Ahead) {
            return None;
        }
        let add = |count: i64| Some(count.saturating_add(by));
        let before = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        note(entry);
        before.ok().and_then(add)
    }
}
