//! The cleaning up behind: entries and scopes that nobody accepts any more, and what has expired.

use std::{iter, sync::Arc};

use tokio::task::yield_now;

use super::{
    core::{Core, Shelf},
    entry::Entry,
    scope::{Scope, Scopes},
    tree::Leaf,
};
use crate::sync::{atomic::Ordering, runtime};

/// Nodes reclaimed at a time, between which others get the lock.
pub(super) const BATCH: usize = 256;

/// Nodes reclaimed by a caller that cleans up; what is more is left to a task or to later calls.
pub(super) const AT_ONCE: usize = 2_048;

impl Core {
    /// What is due after scopes were marked. The memory is left to the calls that store next and to the task that looks after
    /// the cache, so that an invalidation costs the same wherever the entries lie and however many they are; to wake a task would
    /// cost several times as much. Only where there is no such task, much of it is seen to at once.
    pub(super) fn invalidated(self: &Arc<Self>) {
        self.shelf.counters.invalidations.increment();
        self.chores.untidy.store(true, Ordering::Relaxed);
        if self.is_kept_up() {
            return;
        }
        let much = self.trees().any(Scopes::has_much_to_reclaim);
        if much && !self.sweep_behind() {
            self.sweep(AT_ONCE);
        }
    }

    /// The scopes of the keys, and those of the tags where there are any.
    fn trees(&self) -> impl Iterator<Item = &Scopes> {
        let Shelf { scopes, tags, .. } = &self.shelf;
        iter::once(scopes).chain(self.has_tags().then_some(tags))
    }

    /// Leaves it to a task, if there is a runtime. Calls that store do their share all the same.
    fn sweep_behind(self: &Arc<Self>) -> bool {
        let Some(runtime) = runtime() else {
            return false;
        };
        if self.chores.sweeping.swap(true, Ordering::AcqRel) {
            return true;
        }
        let sweeping = Sweeping(Arc::clone(self));
        runtime.spawn(async move {
            while sweeping.0.sweep(BATCH) {
                yield_now().await;
            }
        });
        true
    }

    /// A storing caller's share of the cleaning up. It comes first, so that the eviction policy does not weigh what is new
    /// against what is gone.
    pub(super) fn tidy(&self) {
        if self.chores.untidy.load(Ordering::Relaxed) {
            self.sweep(BATCH);
        }
    }

    /// Reclaims up to about `limit` nodes, and returns whether more is left.
    pub(super) fn sweep(&self, limit: usize) -> bool {
        let mut remains = Vec::new();
        let mut done = 0;
        while done < limit {
            // Cleared before looking: an invalidation that comes meanwhile sets it again.
            self.chores.untidy.store(false, Ordering::Relaxed);
            let mut more = false;
            for scopes in self.trees() {
                more |= scopes.reclaim(BATCH, &mut remains);
            }
            for found in remains.drain(..) {
                self.drop_entry(&found);
            }
            if !more {
                return false;
            }
            self.chores.untidy.store(true, Ordering::Relaxed);
            done += BATCH;
        }
        true
    }

    /// Drops the entry that hangs on a marked scope, if it still lies there.
    fn drop_entry(&self, marked: &triomphe::Arc<Scope>) {
        let Some(&Leaf { digest, .. }) = marked.leaf() else {
            return;
        };
        let is = |scope: &triomphe::Arc<Scope>| triomphe::Arc::ptr_eq(scope, marked);
        let _stripe = self.stripe(digest);
        let guard = self.shelf.directory.guard();
        let meant = |entry: &Entry| is(&entry.scope) || entry.tags().iter().any(is);
        if let Some(entry) = self.shelf.directory.remove_if(digest, meant, &guard) {
            self.shelf.let_go(entry);
            self.shelf.eviction.forget(entry);
        }
    }

    /// Reclaims what a few invalidations have left, so that it is not counted any more.
    pub(super) fn tidy_up(&self) {
        if self.chores.untidy.load(Ordering::Relaxed) {
            self.sweep(AT_ONCE);
        }
    }
}

struct Sweeping(Arc<Core>);

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.0.chores.sweeping.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use cached_key::{Key, Pattern};

    use super::*;
    use crate::{
        Settings,
        cache::{
            act,
            scope::Frozen,
            testing::{reload, *},
        },
        sync::atomic::AtomicBool,
        time::Timer,
    };

    #[test]
    fn reloads_leave_nothing_behind() {
        let core = core();
        for round in 0..1_000 {
            let call = miss(&core, round % 4);
            now(reload(call, async move { round }));
        }
        assert!(
            core.shelf.scopes.len() <= 6,
            "four keys, the place where they part, and the root"
        );
    }

    #[test]
    fn what_came_and_went_leaves_nothing_behind() {
        const KEYS: u64 = if cfg!(debug_assertions) {
            30_000
        } else {
            1_000_000
        };
        let core = core();
        for n in 0..KEYS {
            now(load(miss(&core, n), async move { n }));
        }
        core.run_pending_tasks();
        let entries = core.stats().entries;
        assert_eq!(entries, 10_000);
        assert_eq!(core.shelf.scopes.len() as u64, entries + 2);
        core.clear();
        core.run_pending_tasks();
        assert_eq!((core.stats().entries, core.shelf.scopes.len()), (0, 1));
    }

    #[test]
    fn tags_leave_nothing_behind_when_nothing_has_them_any_more() {
        let clock = crate::ManualClock::default();
        let enabled = Arc::new(AtomicBool::new(true));
        let timer = Timer::Custom(Arc::new(clock.clone()));
        let core = Arc::new(Core::new("rows", timer, Settings::new(), enabled));
        let fill = || {
            for n in 0..200 {
                let mut call = miss(&core, n);
                call.tags = [String::from("all"), format!("one:{n}")]
                    .map(|tag| Key::parse(&tag).unwrap())
                    .into();
                now(load(call, async move { n }));
            }
        };
        let left = || {
            core.run_pending_tasks();
            (core.stats().entries, core.shelf.tags.len())
        };
        fill();
        assert!(left() > (199, 400));
        clock.advance(Duration::from_hours(1));
        assert_eq!(left(), (0, 1), "their time was up");
        fill();
        core.clear();
        assert_eq!(left(), (0, 1), "their keys were cleared");
        fill();
        let all = Pattern::parse("all").unwrap();
        let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate_tag(&all);
        act(&[Arc::clone(&core)], mark, Vec::new());
        assert_eq!(left(), (0, 1), "another of their tags was invalidated");
    }
}
