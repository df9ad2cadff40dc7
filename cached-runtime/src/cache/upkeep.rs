//! Looking after a cache: entries whose time is up or that have no room, and memory that nobody needs.
//!
//! Storing calls do a little of it each. Where there is a Tokio runtime, a task does the rest, so that a cache that nobody
//! stores into gives its memory back too: it sleeps until the next entry's time is up, does what is due in small batches, and
//! ends when the cache is empty or gone. The next call that stores begins another.

use std::{
    panic::catch_unwind,
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{task::yield_now, time::sleep};

use super::{
    core::Core,
    eviction::Outlook,
    reclaim::{AT_ONCE, BATCH},
};
use crate::sync::{
    atomic::{AtomicU8, Ordering},
    runtime,
};

/// How long the task sleeps: not so short that it would be busy with a few entries at a time, not so long that the memory of
/// an entry that came meanwhile and lives shorter than the others would be kept for long.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// Whether a task looks after the cache.
#[derive(Default)]
pub(super) struct Upkeep(AtomicU8);

const NOBODY: u8 = 0;
const TASK: u8 = 1;
/// There is no timer to wake a task.
const NEVER: u8 = 2;

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
        if self.chores.upkeep.0.load(Ordering::Relaxed) == NOBODY && self.timer.is_system() {
            self.begin_to_keep_up();
        }
    }

    #[cold]
    fn begin_to_keep_up(self: &Arc<Self>) {
        if let Some(runtime) = runtime()
            && self.chores.upkeep.takes_over()
        {
            let keeper = Keeper {
                core: Arc::downgrade(self),
                round: Round::default(),
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
        while self.remove_some(&mut round, AT_ONCE) {}
    }

    /// Lets a few entries go that have to, and returns whether more may have to in this round.
    fn remove_some(&self, round: &mut Round, steps: usize) -> bool {
        let shelf = &*self.shelf;
        let now = self.timer.now();
        let tidied = shelf.eviction.tidy(&shelf.directory, now, steps);
        shelf.evict(&tidied.victims);
        round.left = round.left.saturating_sub(steps);
        tidied.more || tidied.late && round.left > 0
    }
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
        let taken = self
            .0
            .compare_exchange(NOBODY, TASK, Ordering::AcqRel, Ordering::Relaxed);
        taken.is_ok()
    }

    fn becomes(&self, state: u8) {
        self.0.store(state, Ordering::Release);
    }
}

/// The task. It keeps no cache alive.
struct Keeper {
    core: Weak<Core>,
    round: Round,
    /// Another may have begun.
    ended: bool,
}

impl Keeper {
    async fn run(mut self) {
        while let Some(next) = self.next() {
            match next {
                Next::Batch => yield_now().await,
                Next::Sleep(pause) => match catch_unwind(|| sleep(pause)) {
                    Ok(sleep) => sleep.await,
                    Err(_) => return self.end(NEVER),
                },
                Next::End => return,
            }
        }
    }

    /// Does a batch of what is due; `None` if the cache is gone.
    fn next(&mut self) -> Option<Next> {
        let core = self.core.upgrade()?;
        let more = core.chores.untidy.load(Ordering::Relaxed) && core.sweep(BATCH);
        if core.remove_some(&mut self.round, BATCH) || more {
            return Some(Next::Batch);
        }
        let outlook = core.shelf.eviction.outlook();
        let Some(outlook) = outlook else {
            return Some(self.end_if_empty(&core));
        };
        let pause = outlook.due.begins().since(core.timer.now());
        self.round = Round::new(Some(outlook));
        Some(Next::Sleep(pause.clamp(SHORTEST, LONGEST)))
    }

    fn end_if_empty(&mut self, core: &Core) -> Next {
        let upkeep = &core.chores.upkeep;
        upkeep.becomes(NOBODY);
        // Whoever has stored since, and saw the task, relies on it.
        if core.shelf.eviction.outlook().is_some() && upkeep.takes_over() {
            return Next::Batch;
        }
        self.ended = true;
        Next::End
    }

    fn end(&mut self, state: u8) {
        if let Some(core) = self.core.upgrade()
            && !self.ended
        {
            core.chores.upkeep.becomes(state);
            self.ended = true;
        }
    }
}

impl Drop for Keeper {
    /// With its runtime, perhaps.
    fn drop(&mut self) {
        self.end(NOBODY);
    }
}
