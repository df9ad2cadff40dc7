//! The lead of a flight: the load itself, what becomes of its answer, and how it is handed over.

use triomphe::Arc;

use super::{
    content::AnyValue,
    fence::Fence,
    flight::{Landed, Turn, flight_id, hand_over},
    flights::Aloft,
    miss::Miss,
    store::Draft,
};
use crate::{
    context::FlightId,
    shape::{Outcome, Shape},
    time::{Moment, Reading},
    value::CacheValue,
};

/// The leader's place. Dropped before it has landed (the future was dropped, the load panicked), it hands over.
pub(super) struct Lead {
    pub(super) miss: Box<Miss>,
    /// The number of the flight.
    flight: u64,
    /// The leader's share in what those have who wait, if that is known to the leader.
    turn: Turn,
    /// What a load goes by that nobody can join.
    chartered: Option<Box<Fence>>,
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
    /// When, if the policy makes anything of that.
    at: Moment,
}

impl Begun {
    #[inline]
    fn new(miss: &Miss, number: u64, reading: Reading) -> Self {
        let at = miss.terms.times_loads().then(|| reading.now());
        Self {
            number,
            at: at.unwrap_or(Moment::from_nanos(0)),
        }
    }
}

impl Lead {
    /// Of one who has started the flight with this number.
    #[inline]
    pub(super) fn starting(miss: Box<Miss>, flight: u64, reading: Reading) -> Self {
        let begun = Begun::new(&miss, flight, reading);
        Self::new(miss, flight, begun)
    }

    #[inline]
    const fn new(miss: Box<Miss>, flight: u64, begun: Begun) -> Self {
        Self {
            miss,
            flight,
            turn: Turn::first(),
            chartered: None,
            renews: false,
            progress: Progress::Boarded,
            begun,
        }
    }

    /// Of one who flies alone.
    pub(super) fn chartered(miss: Box<Miss>, fence: Fence, reading: Reading) -> Self {
        let mut lead = Self::starting(miss, fence.number, reading);
        lead.chartered = Some(Box::new(fence));
        lead
    }

    /// Of one who has waited.
    pub(super) fn in_turn(miss: Box<Miss>, turn: Turn) -> Self {
        let flight = turn.flight().map_or(0, |flight| flight.number());
        let not_yet = Begun {
            number: flight,
            at: Moment::from_nanos(0),
        };
        let mut lead = Self::new(miss, flight, not_yet);
        lead.turn = turn;
        lead
    }

    pub(super) fn flight_id(&self) -> FlightId {
        flight_id(&self.miss.core, self.flight)
    }

    /// Stores the answer of the load unless the fence forbids it, and lets those know who waited. Where the load has failed and
    /// an old answer may stand in, that is what all get. Once only.
    pub(super) fn finish<S, K>(&mut self, answer: S::Answer, store_if: &K) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        if self.chartered.is_none()
            && matches!(S::outcome(&answer), Outcome::Failed)
            && let Some(old) = self.miss.core.spare::<S>(&self.miss, self.begun.number)
        {
            self.make_do::<S>(&old);
            return old;
        }
        self.land::<S, K>(&answer, store_if);
        answer
    }

    /// The load begins, unless it has begun already.
    pub(super) fn begin(&mut self) {
        if self.progress != Progress::Boarded {
            return;
        }
        let core = &self.miss.core;
        // The first load begins with its flight, unless a task of its own does that later.
        if self.turn.flight().is_some() || self.renews {
            let (number, reading) = (core.next_id(), core.timer.reading());
            self.begun = Begun::new(&self.miss, number, reading);
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
        let Miss { core, terms, .. } = &*self.miss;
        let outcome = S::outcome(answer);
        // Made before any lock is taken: `store_if`, `Clone` and the weigher are code of the user's.
        let draft = core.draft(&outcome, terms, begun.at, store_if);
        if draft.is_some() {
            core.tidy();
        }
        let failed = matches!(outcome, Outcome::Failed);
        // There turned out to be nothing to store: what was stored before is no answer any more.
        let replaces = !failed && draft.is_none() && core.has_older(&self.miss, begun.number);
        let obsolete = self.take_down(|lead, fence| {
            let obsolete = replaces && fence.is_intact();
            let left = match draft {
                Some(draft) => lead.commit(draft, begun, fence),
                None => Some(fence),
            };
            (left, obsolete)
        });
        let core = &self.miss.core;
        core.keep_up();
        if obsolete == Some(true) {
            core.invalidate_name(self.miss.key.as_bytes());
        }
        if failed {
            core.shelf.counters.load_failures.increment();
        }
        self.leave::<S>(answer);
    }

    /// Lands with an old answer in the place of the one that the load failed to bring. It stays as old as it is.
    fn make_do<S: Shape<Value: CacheValue>>(&mut self, old: &S::Answer) {
        self.take_down(|_, fence| (Some(fence), ()));
        let core = &self.miss.core;
        core.shelf.counters.load_failures.increment();
        tracing::warn!(
            cache = core.name(),
            "a load failed, and an old answer stands in for it"
        );
        self.leave::<S>(old);
    }

    /// Takes the flight out of the table. While the stripe is locked, `land` does with the fence what is to be done: if there is
    /// one, since of several retries that succeed at once the first one gets it. What it gives back is kept for those who
    /// may try again.
    fn take_down<R>(&mut self, land: impl FnOnce(&Self, Fence) -> (Option<Fence>, R)) -> Option<R> {
        let chartered = self.chartered.take();
        let Miss { core, digest, .. } = &*self.miss;
        let mut stripe = core.stripe(*digest);
        let fence = if let Some(fence) = chartered {
            Some(*fence)
        } else {
            let aloft = stripe.flights.remove(*digest, self.flight);
            aloft.map(|Aloft { fence, flight, .. }| {
                if let Some(flight) = flight {
                    self.turn.take_over(flight);
                }
                fence
            })
        };
        let fence = fence.or_else(|| self.turn.flight()?.take_kept())?;
        let (fence, result) = land(self, fence);
        match (fence, self.turn.flight()) {
            (Some(fence), Some(flight)) => flight.keep(fence),
            (Some(fence), None) => fence.release(core),
            (None, _) => {}
        }
        Some(result)
    }

    /// Stores under the scopes that were taken hold of before the load, if nothing has reached them, and if nothing newer
    /// lies there. The stripe must be locked: whoever marks these scopes from now on finds the entry. Returns the fence if
    /// nothing hangs there now.
    fn commit(&self, draft: Draft, begun: Begun, fence: Fence) -> Option<Fence> {
        let Miss {
            core, key, digest, ..
        } = &*self.miss;
        // Switched off while the load was under way.
        if !core.is_enabled() {
            return Some(fence);
        }
        if defended!(ScopeBeforeLoad, !fence.accepts(begun.number), else false) {
            core.shelf.counters.discarded_loads.increment();
            return Some(fence);
        }
        let holds = defended!(ScopeBeforeLoad, fence.into_holds(), else {
            fence.release(core);
            core.hold(key.as_bytes(), &self.miss.tags, *digest)
        });
        core.put_unless_newer(key.as_bytes(), *digest, holds, begun.number, draft);
        None
    }

    /// Lets those know who waited. Until they do, they are next.
    fn leave<S: Shape<Value: CacheValue>>(&mut self, answer: &S::Answer) {
        if let Some(flight) = self.turn.flight()
            && flight.is_followed()
        {
            match S::outcome(answer) {
                Outcome::Value(value) => {
                    let value = AnyValue::new(value.clone());
                    flight.land(Landed::Value(value));
                }
                Outcome::Absent => flight.land(Landed::Absent),
                Outcome::Failed => match S::share(answer) {
                    Some(error) => flight.land(Landed::Failed(error.into())),
                    None => flight.let_followers_try(),
                },
            }
        }
        self.turn.end();
        self.progress = Progress::Landed;
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let Miss { core, digest, .. } = &*self.miss;
        match self.progress {
            Progress::Landed => return,
            Progress::Flying => core.shelf.counters.load_failures.increment(),
            Progress::Boarded => {}
        }
        if let Some(fence) = self.chartered.take() {
            fence.release(core);
        } else if self.turn.flight().is_none() {
            let mut stripe = core.stripe(*digest);
            match stripe.flights.find(*digest, self.flight) {
                Some(Aloft {
                    flight: Some(flight),
                    ..
                }) => {
                    let flight = Arc::clone(flight);
                    hand_over(stripe, &flight);
                }
                _ => {
                    if let Some(alone) = stripe.flights.remove(*digest, self.flight) {
                        alone.fence.release(core);
                    }
                }
            }
        }
    }
}
