//! The lead of a flight: the load itself, what becomes of its answer, and how it is handed over.

use std::sync::{self, atomic::Ordering};

use triomphe::Arc;

use super::{
    content::AnyValue,
    core::Core,
    entry::Holds,
    fence::Fence,
    flight::{Flight, Landed, abandon},
    miss::Miss,
    store::Draft,
};
use crate::{
    shape::{Outcome, Shape},
    time::Moment,
    value::CacheValue,
};

/// How many of those who waited for a load that failed may try for themselves at first; each that fails in turn lets two
/// more try. So a broken source meets few loads at once, and yet nobody waits for a long row of time-outs.
const RETRIES: usize = 4;
const MORE_RETRIES: usize = 2;

/// The leader's place. Dropped before it has landed (the future was dropped, the load panicked), it hands over.
pub(super) struct Lead {
    pub(super) flight: Arc<Flight>,
    /// The call that leads, where it is not the one that started the flight.
    pub(super) miss: Option<Arc<Flight>>,
    pub(super) chartered: bool,
    /// There is an old answer to hand out meanwhile.
    pub(super) renews: bool,
    progress: Progress,
    /// Of the load, once it is flying.
    begun: Begun,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Boarded,
    Flying,
    Landed,
}

/// The beginning of a load.
#[derive(Clone, Copy)]
struct Begun {
    /// Orders this load among all loads and insertions of the cache.
    number: u64,
    at: Moment,
}

impl Lead {
    /// Of one who has waited.
    pub(super) fn new(flight: Arc<Flight>) -> Self {
        let number = flight.number();
        Self::starting(flight, number, Moment::from_nanos(0))
    }

    /// Of one who has started the flight with this number, then.
    pub(super) fn starting(flight: Arc<Flight>, number: u64, at: Moment) -> Self {
        Self {
            miss: None,
            chartered: false,
            renews: false,
            progress: Progress::Boarded,
            begun: Begun { number, at },
            flight,
        }
    }

    /// Stores the answer of the load unless the fence forbids it, and lets those know who waited. Where the load has failed and
    /// an old answer may stand in, that is what all get. Once only.
    pub(super) fn finish<S, K>(&mut self, answer: S::Answer, store_if: &K) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        if !self.chartered
            && matches!(S::outcome(&answer), Outcome::Failed)
            && let Some(old) = self.core().spare::<S>(self.miss(), self.begun.number)
        {
            self.make_do::<S>(&old);
            return old;
        }
        self.land::<S, K>(&answer, store_if);
        answer
    }

    pub(super) fn miss(&self) -> &Miss {
        &self.miss.as_ref().unwrap_or(&self.flight).miss
    }

    fn core(&self) -> &sync::Arc<Core> {
        self.flight.core()
    }

    /// The load begins, unless it has begun already.
    pub(super) fn begin(&mut self) {
        if self.progress != Progress::Boarded {
            return;
        }
        let core = self.flight.core();
        // The first load begins with its flight, unless a task of its own does that later.
        if self.miss.is_some() || self.renews {
            self.begun = Begun {
                number: core.next_id(),
                at: core.timer.now(),
            };
        }
        self.progress = Progress::Flying;
        core.shelf.counters.count(|own| &own.loads);
        if self.renews {
            core.shelf.counters.refreshes.increment();
        }
    }

    /// Lands with the answer of the load.
    fn land<S, K>(&mut self, answer: &S::Answer, store_if: &K)
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        let begun = self.begun;
        let miss = self.miss();
        let core = self.core();
        let outcome = S::outcome(answer);
        // Made before any lock is taken: `store_if`, `Clone` and the weigher are code of the user's.
        let draft = core.draft(&outcome, &miss.policy, begun.at, store_if);
        if draft.is_some() {
            core.tidy();
        }
        let failed = matches!(outcome, Outcome::Failed);
        // There turned out to be nothing to store: what was stored before is no answer any more.
        let obsolete =
            !failed && draft.is_none() && self.is_valid() && core.has_older(miss, begun.number);
        {
            let mut stripe = self.flight.stripe();
            match draft {
                Some(draft) => {
                    let fence = stripe.take_out(&self.flight);
                    self.commit(draft, begun, fence);
                }
                None => stripe.forget(&self.flight),
            }
        }
        core.keep_up();
        if obsolete {
            core.invalidate_name(miss.key.as_bytes());
        }
        if failed {
            core.shelf.counters.load_failures.increment();
        }
        self.leave::<S>(answer);
    }

    /// Lands with an old answer in the place of the one that the load failed to bring. It stays as old as it is.
    fn make_do<S: Shape<Value: CacheValue>>(&mut self, old: &S::Answer) {
        let core = self.core();
        self.flight.stripe().forget(&self.flight);
        core.shelf.counters.load_failures.increment();
        tracing::warn!(
            cache = core.name(),
            "a load failed, and an old answer stands in for it"
        );
        self.leave::<S>(old);
    }

    /// Lets those know who waited.
    fn leave<S: Shape<Value: CacheValue>>(&mut self, answer: &S::Answer) {
        if self.flight.is_followed() {
            match S::outcome(answer) {
                Outcome::Value(value) => {
                    let value = AnyValue::new(value.clone());
                    self.flight.land(Landed::Value(value));
                }
                Outcome::Absent => self.flight.land(Landed::Absent),
                Outcome::Failed => match S::share(answer) {
                    Some(error) => self.flight.land(Landed::Failed(error.into())),
                    None => self.let_followers_try(),
                },
            }
        }
        self.progress = Progress::Landed;
    }

    /// Stores under the scopes that were taken hold of before the load, if nothing has reached them, and if nothing newer
    /// lies there. The stripe must be locked.
    fn commit(&self, draft: Draft, begun: Begun, fence: Option<Fence>) {
        let (core, miss) = (self.core(), self.miss());
        let Some(fence) = fence else {
            return;
        };
        // Switched off while the load was under way.
        if !core.is_enabled() {
            return self.flight.keep(fence);
        }
        let holds = defended!(ScopeBeforeLoad, self.hand_over(fence, begun), else {
            self.flight.keep(fence);
            Some(core.hold(miss.key.as_bytes(), &miss.tags, miss.digest))
        });
        if let Some(holds) = holds {
            core.put_unless_newer(miss.key.as_bytes(), miss.digest, holds, begun.number, draft);
        }
    }

    /// What the entry of this load is to hang on, unless something has reached it. Whoever marks these scopes from now on finds
    /// the entry: the stripe is locked.
    fn hand_over(&self, fence: Fence, begun: Begun) -> Option<Holds> {
        if fence.accepts(begun.number) {
            return Some(fence.into_holds());
        }
        self.flight.keep(fence);
        self.core().shelf.counters.discarded_loads.increment();
        None
    }

    /// Whether nothing has reached the key since the flight began.
    pub(super) fn is_valid(&self) -> bool {
        self.flight.stripe().is_valid(&self.flight)
    }

    /// Nobody can be given this error: those who waited load for themselves, until one succeeds.
    fn let_followers_try(&self) {
        let again = self.flight.crew.failed.swap(true, Ordering::Relaxed);
        self.flight
            .turns
            .give(if again { MORE_RETRIES } else { RETRIES });
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if self.progress == Progress::Landed {
            return;
        }
        if self.progress == Progress::Flying {
            self.core().shelf.counters.load_failures.increment();
        }
        let flight = &self.flight;
        let mut stripe = flight.stripe();
        flight.crew.leaders.fetch_sub(1, Ordering::Relaxed);
        if flight.is_followed() {
            // Wakes a task, which is not for us to do under a lock.
            drop(stripe);
            defended!(HandOver, flight.turns.give(1), else ());
        } else {
            abandon(&mut stripe, flight);
        }
    }
}
