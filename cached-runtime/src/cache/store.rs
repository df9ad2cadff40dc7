//! Changes to what a cache holds: storing, invalidating, and the cleaning up behind.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use cached_key::{Key, Pattern};
use tokio::{runtime::Handle, task::yield_now};

use super::{
    core::Core,
    directory::Digest,
    entry::{AnyValue, Content, Entry, Lifetime},
    eviction::Ticketed,
    scope::Scope,
};
use crate::{policy::Policy, shape::Outcome, value::CacheValue};

/// Nodes reclaimed at a time, between which others get the lock.
const BATCH: usize = 256;

/// Nodes reclaimed by the caller of an invalidation; what is more is left to a task or to later calls.
const AT_ONCE: usize = 2_048;

/// An answer ready to be stored.
pub(super) struct Draft {
    content: Content,
    weight: u32,
    lifetime: Duration,
    tti: Option<Duration>,
}

impl Core {
    /// Makes a draft of an answer; `None` if it is none that is stored.
    pub(super) fn draft<T: CacheValue, K: Fn(&T) -> bool>(
        &self,
        outcome: &Outcome<'_, T>,
        policy: &Policy,
        store_if: &K,
    ) -> Option<Draft> {
        match outcome {
            Outcome::Value(value) if store_if(value) => self.draft_of(T::clone(value), policy),
            Outcome::Absent => Some(Draft {
                content: Content::Absent,
                weight: 1,
                lifetime: self.lifetime(policy, true)?,
                tti: policy.tti,
            }),
            Outcome::Value(_) | Outcome::Failed => None,
        }
    }

    fn draft_of<T: CacheValue>(&self, value: T, policy: &Policy) -> Option<Draft> {
        Some(Draft {
            weight: self.settings.weight_of(&value),
            content: Content::Value(AnyValue::new(value)),
            lifetime: self.lifetime(policy, false)?,
            tti: policy.tti,
        })
    }

    /// Stores a value now, over whatever was there and over loads that are under way.
    pub(crate) fn insert<T: CacheValue>(&self, key: &Key, value: T, policy: &Policy) {
        let Some(draft) = self.draft_of(value, &self.effective(policy)) else {
            return;
        };
        let digest = self.digest(key.as_bytes());
        {
            let _stripe = self.stripe(digest);
            let scope = self.shelf.scopes.replace(key.as_str(), digest);
            self.put(key, digest, scope, draft);
        }
        self.untidy.store(true, Ordering::Relaxed);
        self.tidy();
    }

    /// Puts an entry into directory and eviction policy. The stripe of `digest` must be locked.
    pub(super) fn put(&self, key: &Key, digest: Digest, scope: Arc<Scope>, draft: Draft) {
        let stored = self.timer.now();
        let lifetime = Lifetime {
            stored,
            expires: stored.after(draft.lifetime),
            tti: draft.tti,
        };
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let entry = Entry::new(
            key.as_bytes(),
            scope,
            draft.content,
            id,
            lifetime,
            draft.weight,
        );
        let ticketed = Ticketed::from(&entry);

        let counters = &self.shelf.counters;
        counters.entries.increment();
        counters.weight.add(u64::from(draft.weight));
        {
            let guard = self.shelf.directory.guard();
            if let Some(old) = self.shelf.directory.insert(digest, entry, &guard) {
                if old.is_expired(stored) {
                    counters.expirations.increment();
                }
                self.shelf.let_go(old);
            }
        }
        self.eviction().admit(digest, &ticketed);
    }

    /// Makes everything invisible that `pattern` matches, and overtakes the loads under way. When it returns, no reader
    /// will accept what was there before; memory is given back behind.
    pub(crate) fn invalidate(self: &Arc<Self>, pattern: &Pattern) {
        self.shelf.scopes.invalidate(pattern);
        self.invalidated();
    }

    pub(crate) fn invalidate_key(self: &Arc<Self>, key: &Key) {
        self.shelf.scopes.invalidate_key(key.as_str());
        self.invalidated();
    }

    pub(crate) fn clear(self: &Arc<Self>) {
        self.shelf.scopes.clear();
        self.invalidated();
    }

    fn invalidated(self: &Arc<Self>) {
        self.shelf.counters.invalidations.increment();
        self.untidy.store(true, Ordering::Relaxed);
        if self.sweep(AT_ONCE) {
            self.sweep_behind();
        }
    }

    /// Leaves the rest to a task where there is a runtime. Without one it is left to the calls that store.
    fn sweep_behind(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if self.sweeping.swap(true, Ordering::AcqRel) {
            return;
        }
        let sweeping = Sweeping(Arc::clone(self));
        runtime.spawn(async move {
            while sweeping.0.sweep(BATCH) {
                yield_now().await;
            }
        });
    }

    /// A storing caller's share of the work: telling the eviction policy of hits, and cleaning up.
    pub(super) fn tidy(&self) {
        self.samples.take(|digest| self.eviction().note_hit(digest));
        if self.untidy.load(Ordering::Relaxed) && !self.sweeping.load(Ordering::Relaxed) {
            self.sweep(BATCH);
        }
    }

    /// Reclaims up to about `limit` nodes, and returns whether more is left.
    fn sweep(&self, limit: usize) -> bool {
        let mut remains = Vec::new();
        let mut done = 0;
        while done < limit {
            // Cleared before looking: an invalidation that comes meanwhile sets it again.
            self.untidy.store(false, Ordering::Relaxed);
            let more = self.shelf.scopes.reclaim(BATCH, &mut remains);
            for found in remains.drain(..) {
                self.drop_entry(found.digest, &found.scope);
            }
            if !more {
                return false;
            }
            self.untidy.store(true, Ordering::Relaxed);
            done += BATCH;
        }
        true
    }

    fn drop_entry(&self, digest: Digest, scope: &Arc<Scope>) {
        let _stripe = self.stripe(digest);
        let guard = self.shelf.directory.guard();
        let meant = |entry: &Entry| Arc::ptr_eq(&entry.scope, scope);
        if let Some(entry) = self.shelf.directory.remove_if(digest, meant, &guard) {
            self.shelf.let_go(entry);
            self.eviction().forget(digest);
        }
    }

    /// Does all that waits to be done: evictions, expirations, reclaiming.
    pub(crate) fn run_pending_tasks(&self) {
        while self.sweep(AT_ONCE) {}
        self.eviction().run_pending_tasks();
        if !self.timer.is_system() {
            self.remove_expired();
        }
    }

    /// moka cannot read a clock of the user's, so expired entries are looked for one by one.
    fn remove_expired(&self) {
        let now = self.timer.now();
        let expired: Vec<(Digest, u64)> = {
            let guard = self.shelf.directory.guard();
            let entries = self.shelf.directory.iter(&guard);
            entries
                .filter(|(_, entry)| entry.is_expired(now))
                .map(|(digest, entry)| (digest, entry.id))
                .collect()
        };
        for (digest, id) in expired {
            let _stripe = self.stripe(digest);
            let guard = self.shelf.directory.guard();
            if let Some(entry) =
                self.shelf
                    .directory
                    .remove_if(digest, |entry| entry.id == id, &guard)
            {
                self.shelf.counters.expirations.increment();
                self.shelf.let_go(entry);
                self.eviction().forget(digest);
            }
        }
    }
}

struct Sweeping(Arc<Core>);

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.0.sweeping.store(false, Ordering::Release);
    }
}
