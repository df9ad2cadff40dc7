//! Looking after a cache: entries whose time is up or that have no room, and memory that nobody needs.
//!
//! Storing calls do a little of it each. Where there is a Tokio runtime, a task does the rest, so that a cache that nobody
//! stores into gives its memory back too: it sleeps until the next entry's time is up, does what is due in small batches, and
//! ends when the cache is empty or gone. The next call that stores begins another.

use std::{
    mem,
    sync::{Arc, Weak},
    time::Duration,
};

use futures_timer::Delay;
use tokio::task::yield_now;

use super::{
    core::{Core, Shelf},
    directory::{FILLERS, Renewal},
    eviction::Outlook,
    reclaim::{AT_ONCE, BATCH},
};
use crate::sync::{
    atomic::{AtomicBool, Ordering},
    runtime,
};

/// How long the task sleeps: not so short that it would be busy with a few entries at a time, not so long that the memory of
/// an entry that came meanwhile and lives shorter than the others would be kept for long.
const SHORTEST: Duration = Duration::from_millis(if cfg!(test) { 5 } else { 1_000 });
const LONGEST: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 5_000 });

/// Whether a task looks after the cache.
#[derive(Default)]
pub(super) struct Upkeep(AtomicBool);

/// What the task does next.
enum Next {
    Batch,
    Sleep(Duration),
    End,
}

impl Core {
    /// Begins to look after the cache in a task, if nobody does and there is a runtime. No lock may be held. A task could not
    /// sleep by a clock of the user's; there storing calls, and [`run_pending_tasks`](Self::run_pending_tasks), are all.
    #[inline]
    pub(super) fn keep_up(self: &Arc<Self>) {
        if !self.is_kept_up() && self.timer.is_system() {
            self.begin_to_keep_up();
        }
    }

    /// Whether a task looks after it.
    #[inline]
    pub(super) fn is_kept_up(&self) -> bool {
        self.chores.upkeep.0.load(Ordering::Relaxed)
    }

    #[cold]
    fn begin_to_keep_up(self: &Arc<Self>) {
        if let Some(runtime) = runtime()
            && self.chores.upkeep.takes_over()
        {
            let keeper = Keeper {
                core: Arc::downgrade(self),
                round: Round::default(),
                refreshed: false,
                ended: false,
            };
            runtime.spawn(keeper.run());
        }
    }

    /// Does all that waits to be done: evictions, expirations, reclaiming.
    pub(crate) fn run_pending_tasks(&self) {
        while self.sweep(AT_ONCE) {}
        // Once round, whatever comes meanwhile.
        let mut round = Round::new(self.shelf.eviction.outlook());
        while self.remove_some(&mut round, AT_ONCE).more {}
        self.renew(Renewal::Refresh);
        while self.move_some() {}
        self.shelf.directory.flush();
    }

    /// Begins to make the directory's table anew, if it is worth it.
    fn renew(&self, renewal: Renewal) -> bool {
        let Shelf {
            directory,
            eviction,
            ..
        } = &self.shelf;
        let most = eviction.take_most();
        // What is freed is freed after the stripe was unlocked.
        let guard = directory.guard();
        let _stripe = self.stripe(FILLERS);
        directory.renew(renewal, most, &guard)
    }

    /// Goes on with it, if it has begun, and returns whether it has.
    fn move_some(&self) -> bool {
        let guard = self.shelf.directory.guard();
        let _stripe = self.stripe(FILLERS);
        self.shelf.directory.move_some(&guard)
    }

    /// Lets a few entries go that have to.
    fn remove_some(&self, round: &mut Round, steps: usize) -> Removed {
        let now = self.timer.now();
        let tidied = self.shelf.eviction.tidy(&self.shelf.directory, now, steps);
        let guard = self.shelf.directory.guard();
        self.shelf.evict(&tidied.victims, &guard);
        round.left = round.left.saturating_sub(steps);
        Removed {
            any: !tidied.victims.is_empty(),
            more: tidied.more || tidied.late && round.left > 0,
        }
    }
}

/// What came of letting a few entries go.
struct Removed {
    /// Whether there were any.
    any: bool,
    /// Whether more may have to go in this round.
    more: bool,
}

/// A walk past all slots, to see whose time is up.
#[derive(Default)]
struct Round {
    left: usize,
}

impl Round {
    fn new(outlook: Option<Outlook>) -> Self {
        Self {
            // From anywhere to the end, and from the beginning to there.
            left: outlook.map_or(0, |outlook| outlook.slots + 1),
        }
    }
}

impl Upkeep {
    fn takes_over(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }

    fn leaves(&self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The task. It keeps no cache alive.
struct Keeper {
    core: Weak<Core>,
    round: Round,
    /// Whether a new table was thought of since it slept.
    refreshed: bool,
    /// Another may have begun.
    ended: bool,
}

impl Keeper {
    async fn run(mut self) {
        while let Some(next) = self.next() {
            match next {
                Next::Batch => yield_now().await,
                // Not Tokio's: not every runtime has a timer, and that of a test may be turned by hand.
                Next::Sleep(pause) => Delay::new(pause).await,
                Next::End => return,
            }
        }
    }

    /// Does a batch of what is due; `None` if the cache is gone.
    fn next(&mut self) -> Option<Next> {
        let core = self.core.upgrade()?;
        let untidy = core.chores.untidy.load(Ordering::Relaxed);
        let more = untidy && core.sweep(BATCH);
        let removed = core.remove_some(&mut self.round, BATCH);
        if untidy || removed.any {
            core.shelf.directory.flush();
        }
        if more || removed.more || core.move_some() {
            return Some(Next::Batch);
        }
        let outlook = core.shelf.eviction.outlook();
        if self.renew(&core, outlook.is_none()) {
            return Some(Next::Batch);
        }
        let Some(outlook) = outlook else {
            // Trees that find nothing to reclaim give back the room they had for it.
            if core.sweep(BATCH) {
                return Some(Next::Batch);
            }
            return Some(self.end_if_empty(&core));
        };
        let pause = outlook.due.begins().since(core.timer.now());
        self.round = Round::new(Some(outlook));
        self.refreshed = false;
        Some(Next::Sleep(pause.clamp(SHORTEST, LONGEST)))
    }

    /// Once before each sleep, and as often as it takes where there is nothing any more.
    fn renew(&mut self, core: &Core, is_empty: bool) -> bool {
        if is_empty {
            core.renew(Renewal::Shrink)
        } else {
            !mem::replace(&mut self.refreshed, true) && core.renew(Renewal::Refresh)
        }
    }

    fn end_if_empty(&mut self, core: &Core) -> Next {
        let upkeep = &core.chores.upkeep;
        upkeep.leaves();
        // Whoever has stored since, and saw the task, relies on it.
        if core.shelf.eviction.outlook().is_some() && upkeep.takes_over() {
            return Next::Batch;
        }
        self.ended = true;
        Next::End
    }
}

impl Drop for Keeper {
    /// With its runtime, perhaps.
    fn drop(&mut self) {
        if let Some(core) = self.core.upgrade()
            && !self.ended
        {
            core.chores.upkeep.leaves();
        }
    }
}

#[cfg(test)]
#[cfg(not(cached_model))]
mod tests {
    use std::time::Instant;

    use tokio::runtime::{Builder, Handle, Runtime};

    use super::*;
    use crate::{
        ManualClock, Policy, Settings, cache::testing::core, shape::Plain,
        sync::atomic::AtomicBool, time::Timer,
    };

    const HOUR: Policy = Policy::new(Duration::from_hours(1));
    const BRIEF: Policy = Policy::new(Duration::from_millis(20));

    fn key(n: usize) -> cached_key::Key {
        cached_key::Key::parse(&format!("rows:{n}")).unwrap()
    }

    fn store(core: &Arc<Core>, n: usize, policy: &Policy) {
        core.insert(&key(n), n, policy, &[]);
    }

    fn read(core: &Core, n: usize) -> Option<usize> {
        let key = key(n);
        core.hit::<Plain<usize>>(core.digest(key.as_bytes()), key.as_bytes())
    }

    fn entries(core: &Core) -> u64 {
        core.shelf.counters.entries()
    }

    fn has_task(core: &Core) -> bool {
        core.is_kept_up()
    }

    fn runtime() -> Runtime {
        // Without a timer of its own.
        Builder::new_current_thread().build().unwrap()
    }

    /// Lets tasks run until something has come about.
    async fn wait_until(done: impl Fn() -> bool) {
        let begun = Instant::now();
        while !done() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "it does not come about"
            );
            Delay::new(SHORTEST).await;
        }
    }

    fn with_clock() -> (Arc<Core>, ManualClock) {
        let clock = ManualClock::default();
        let timer = Timer::Custom(Arc::new(clock.clone()));
        let enabled = Arc::new(AtomicBool::new(true));
        let core = Core::new("rows", timer, Settings::new(), enabled);
        (Arc::new(core), clock)
    }

    #[test]
    fn what_is_over_goes_with_nobody_calling_and_then_the_task_ends() {
        runtime().block_on(async {
            let core = core();
            (0..1_000).for_each(|n| store(&core, n, &BRIEF));
            assert!(has_task(&core));
            wait_until(|| entries(&core) == 0 && !has_task(&core)).await;
            assert_eq!(core.stats().expirations, 1_000);
            store(&core, 1, &BRIEF);
            assert!(has_task(&core), "and begins anew");
            wait_until(|| entries(&core) == 0).await;
        });
    }

    #[test]
    fn what_an_invalidation_has_left_goes_with_nobody_calling() {
        runtime().block_on(async {
            let core = core();
            (0..10).for_each(|n| store(&core, n, &HOUR));
            core.clear();
            wait_until(|| entries(&core) == 0).await;
        });
    }

    #[test]
    fn the_task_keeps_no_cache_alive() {
        runtime().block_on(async {
            let core = core();
            store(&core, 1, &HOUR);
            let alive = || Handle::current().metrics().num_alive_tasks();
            yield_now().await;
            assert_eq!((Arc::strong_count(&core), alive()), (1, 1));
            drop(core);
            wait_until(|| alive() == 0).await;
        });
    }

    #[test]
    fn a_task_that_ended_with_its_runtime_begins_in_the_next_one() {
        let core = core();
        store(&core, 1, &BRIEF);
        assert!(!has_task(&core), "there is no runtime");
        runtime().block_on(async { store(&core, 2, &BRIEF) });
        assert!(!has_task(&core), "nor any more");
        runtime().block_on(async {
            store(&core, 3, &BRIEF);
            wait_until(|| entries(&core) == 0).await;
        });
    }

    #[test]
    fn a_cache_with_a_clock_of_the_users_is_tidied_by_the_calls_that_store() {
        runtime().block_on(async {
            let (core, clock) = with_clock();
            (0..100).for_each(|n| store(&core, n, &HOUR));
            clock.advance(HOUR.ttl);
            (100..130).for_each(|n| store(&core, n, &HOUR));
            assert_eq!((entries(&core), has_task(&core)), (30, false));
            assert_eq!(core.stats().expirations, 100);
        });
    }

    #[test]
    fn what_is_idle_goes_and_what_is_read_stays() {
        let (core, clock) = with_clock();
        let idle = HOUR.tti(Duration::from_mins(1));
        (0..2).for_each(|n| store(&core, n, &idle));
        for _ in 0..5 {
            clock.advance(Duration::from_secs(50));
            assert_eq!(read(&core, 0), Some(0));
            core.run_pending_tasks();
        }
        assert_eq!((entries(&core), read(&core, 1)), (1, None));
        clock.advance(Duration::from_mins(1));
        core.run_pending_tasks();
        assert_eq!((entries(&core), core.stats().expirations), (0, 2));
    }

    /// More than one call takes on, so that it takes several.
    #[test]
    fn all_that_waits_is_done() {
        let (core, clock) = with_clock();
        (0..9_000).for_each(|n| store(&core, n, &HOUR));
        clock.advance(HOUR.ttl);
        core.run_pending_tasks();
        assert_eq!(entries(&core), 0);
        assert!(core.shelf.eviction.outlook().is_none());
    }
}
