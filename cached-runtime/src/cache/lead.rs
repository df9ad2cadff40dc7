//! The lead of a flight: the load itself, what becomes of its answer, and how it is handed over.

use super::{
    content::AnyValue,
    course::{Begun, Course, Part, Progress},
    entry::Accepted,
    fence::Fence,
    flight::{Landed, Turn, flight_id, hand_over},
    miss::Miss,
    store::Draft,
};
use crate::{
    context::FlightId,
    shape::{Outcome, Shape},
    time::Reading,
    value::CacheValue,
};

/// The leader's place. Dropped before it has landed (the future was dropped, the load panicked), it hands over.
pub(super) struct Lead {
    pub(super) miss: Box<Miss>,
}

impl Lead {
    /// Of one who has started the flight with this number.
    #[inline]
    pub(super) fn starting(miss: Box<Miss>, number: u64, reading: Reading) -> Self {
        let begun = Begun::new(&miss.terms, number, reading);
        Self::new(miss, number, Part::First, begun)
    }

    /// Of one who flies alone.
    pub(super) fn chartered(miss: Box<Miss>, fence: Fence, reading: Reading) -> Self {
        let number = fence.number;
        let begun = Begun::new(&miss.terms, number, reading);
        Self::new(miss, number, Part::Alone(Some(fence)), begun)
    }

    /// Of one who has waited. Its load has not begun.
    pub(super) fn in_turn(miss: Box<Miss>, turn: Turn) -> Self {
        let number = turn.flight().number();
        let begun = Begun { number, at: None };
        Self::new(miss, number, Part::InTurn(turn), begun)
    }

    #[inline]
    fn new(mut miss: Box<Miss>, flight: u64, part: Part, begun: Begun) -> Self {
        miss.course = Course::new(flight, part, begun);
        Self { miss }
    }

    pub(super) fn flight_id(&self) -> FlightId {
        flight_id(&self.miss.core, self.miss.course.flight)
    }

    /// Stores the answer of the load unless the fence forbids it, and lets those know who waited. Where the load has failed and
    /// an old answer may stand in, that is what all get. Once only.
    pub(super) fn finish<S, K>(&mut self, answer: S::Answer, store_if: &K) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        let Course { part, begun, .. } = &self.miss.course;
        if !matches!(part, Part::Alone(_))
            && matches!(S::outcome(&answer), Outcome::Failed)
            && let Some(old) = self.miss.core.spare::<S>(&self.miss, begun.number)
        {
            self.make_do::<S>(&old);
            return old;
        }
        self.land::<S, K>(&answer, store_if);
        answer
    }

    /// The load begins, unless it has begun already.
    pub(super) fn begin(&mut self) {
        let Miss {
            core,
            terms,
            course,
            ..
        } = &mut *self.miss;
        if course.progress != Progress::Boarded {
            return;
        }
        // The first load begins with its flight, unless a task of its own does that later.
        if matches!(course.part, Part::InTurn(_)) || course.renews {
            let (number, reading) = (core.next_id(), core.timer.reading());
            course.begun = Begun::new(terms, number, reading);
        }
        course.progress = Progress::Flying;
        core.shelf.counters.count(|own| &own.loads);
        if course.renews {
            core.shelf.counters.refreshes.increment();
        }
    }

    /// Lands with the answer of the load.
    fn land<S, K>(&mut self, answer: &S::Answer, store_if: &K)
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        let begun = self.miss.course.begun;
        let Miss { core, terms, .. } = &*self.miss;
        let outcome = S::outcome(answer);
        // Made before any lock is taken: `store_if`, `Clone` and the weigher are code of the user's.
        let draft = core.draft(&outcome, terms, begun.at, store_if);
        if draft.is_some() {
            core.tidy();
        }
        let failed = matches!(outcome, Outcome::Failed);
        // There turned out to be nothing to store: what was stored before is no answer any more, also where another load of this
        // flight has stored it.
        let mut obsolete = !failed && draft.is_none() && core.has_older(&self.miss, begun.number);
        {
            let miss = &mut *self.miss;
            let mut stripe = miss.core.stripe(miss.digest);
            if let Some(fence) = miss.course.take_fence(&mut stripe, miss.digest) {
                obsolete = obsolete && fence.is_intact();
                let left = match draft {
                    Some(draft) => commit(miss, draft, begun, fence),
                    None => Some(fence),
                };
                if let Some(fence) = left {
                    miss.course.part.keep(fence, &miss.core);
                }
            }
        }
        let core = &self.miss.core;
        core.keep_up();
        if obsolete {
            core.invalidate_name(self.miss.key.as_bytes());
        }
        if failed {
            core.shelf.counters.load_failures.increment();
        }
        self.leave::<S>(answer);
    }

    /// Lands with an old answer in the place of the one that the load failed to bring. It stays as old as it is.
    fn make_do<S: Shape<Value: CacheValue>>(&mut self, old: &S::Answer) {
        let Miss {
            core,
            digest,
            course,
            ..
        } = &mut *self.miss;
        {
            let mut stripe = core.stripe(*digest);
            if let Some(fence) = course.take_fence(&mut stripe, *digest) {
                course.part.keep(fence, core);
            }
        }
        core.shelf.counters.load_failures.increment();
        tracing::warn!(
            cache = core.name(),
            "a load failed, and an old answer stands in for it"
        );
        self.leave::<S>(old);
    }

    /// Lets those know who waited. Until they do, they are next.
    fn leave<S: Shape<Value: CacheValue>>(&mut self, answer: &S::Answer) {
        let course = &mut self.miss.course;
        if let Part::InTurn(turn) = &course.part
            && turn.flight().is_followed()
        {
            let flight = turn.flight();
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
        if let Part::InTurn(turn) = &mut course.part {
            turn.end();
        }
        course.progress = Progress::Landed;
    }
}

/// Stores under the scopes that were taken hold of before the load, if nothing has reached them, and if nothing newer
/// lies there. The stripe must be locked: whoever marks these scopes from now on finds the entry. Returns the fence if
/// nothing hangs there now.
fn commit(miss: &Miss, draft: Draft, begun: Begun, fence: Fence) -> Option<Fence> {
    let Miss {
        core, key, digest, ..
    } = miss;
    // Switched off while the load was under way.
    if !core.is_enabled() {
        return Some(fence);
    }
    let before = core.generation();
    if defended!(ScopeBeforeLoad, !fence.accepts(begun.number), else false) {
        core.shelf.counters.discarded_loads.increment();
        return Some(fence);
    }
    let holds = defended!(ScopeBeforeLoad, fence.into_holds(), else {
        fence.release(core);
        core.hold(key.as_bytes(), &miss.tags, *digest)
    });
    let accepted = Accepted {
        holds,
        number: begun.number,
        generation: defended!(StoredGeneration, before, else {
            crate::defence::gap();
            core.generation()
        }),
    };
    core.put_unless_newer(key.as_bytes(), *digest, accepted, draft);
    None
}

impl Drop for Lead {
    fn drop(&mut self) {
        let Miss {
            core,
            digest,
            course,
            ..
        } = &*self.miss;
        match course.progress {
            Progress::Landed => return,
            Progress::Flying => core.shelf.counters.load_failures.increment(),
            Progress::Boarded => {}
        }
        match &course.part {
            Part::Alone(fence) => {
                if let Some(fence) = fence {
                    fence.release(core);
                }
            }
            // The turn goes to the next by itself.
            Part::InTurn(_) => {}
            Part::First => {
                let mut stripe = core.stripe(*digest);
                let aloft = stripe.flights.find(*digest, course.flight);
                if let Some(flight) = aloft.and_then(|aloft| aloft.flight.clone()) {
                    hand_over(stripe, &flight);
                } else if let Some(aloft) = stripe.flights.remove(*digest, course.flight) {
                    aloft.fence.release(core);
                }
            }
        }
    }
}
