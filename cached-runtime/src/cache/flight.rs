//! A load in progress: who leads it, who waits for it, and how it is handed over.

use std::{
    mem,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use cached_key::Key;
use tokio::sync::Semaphore;

use super::{
    core::{Core, Stripe},
    critical::{Critical, lock},
    directory::Digest,
    entry::AnyValue,
    miss::Miss,
    scope::Scope,
    store::Draft,
    waits::Wait,
};
use crate::{
    context::Load,
    shape::{Outcome, Shape},
    value::CacheValue,
};

/// How many of those who waited for a load that failed may try for themselves at first; each that fails in turn lets two
/// more try. So a broken source meets few loads at once, and yet nobody waits for a long row of time-outs.
const RETRIES: usize = 4;
const MORE_RETRIES: usize = 2;

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// What a flight brought home for those who waited.
pub(super) enum Landed {
    Value(AnyValue),
    Absent,
    Failed(AnyValue),
}

impl Landed {
    /// The answer for one who waited; `None` if it is not of the type that this caller wants.
    pub(super) fn answer<S: Shape<Value: CacheValue>>(&self) -> Option<S::Answer> {
        match self {
            Self::Value(value) => value.get::<S::Value>().cloned().map(S::found),
            Self::Absent => S::absent(),
            Self::Failed(error) => S::failed(error.as_any()?),
        }
    }
}

/// One load of one key. All fields but the crew are fixed or set once; the crew changes under the stripe's lock.
pub(super) struct Flight {
    pub(super) id: u64,
    pub(super) key: Key,
    pub(super) digest: Digest,
    /// Taken hold of before the load began.
    pub(super) scope: Arc<Scope>,
    core: Arc<Core>,
    /// A permit is the right to lead. Closed once the flight has landed.
    pub(super) turn: Semaphore,
    landed: OnceLock<Landed>,
    crew: Mutex<Crew>,
}

#[derive(Default)]
struct Crew {
    leaders: usize,
    followers: usize,
    /// A leader failed with an error that nobody else can be given.
    failed: bool,
}

impl Flight {
    fn new(miss: &Miss) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            key: miss.key.clone(),
            digest: miss.digest,
            scope: miss.core.shelf.scopes.hold(miss.key.as_str(), miss.digest),
            core: Arc::clone(&miss.core),
            turn: Semaphore::new(0),
            landed: OnceLock::new(),
            crew: Mutex::default(),
        })
    }

    pub(super) fn landed(&self) -> Option<&Landed> {
        self.landed.get()
    }

    fn crew(&self) -> Critical<'_, Crew> {
        lock(&self.crew)
    }

    fn land(&self, landed: Landed) {
        // Of several retries that succeed at once the first one answers all.
        let _ = self.landed.set(landed);
        self.turn.close();
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.core.shelf.scopes.release(&self.scope);
    }
}

/// A caller's place on a flight.
pub(super) enum Boarding {
    /// The answer came in while the caller was on its way.
    Stored,
    Lead(Lead),
    Follow(Follow),
    /// Waiting would never end: the flight waits for this caller.
    Circle,
}

/// Finds the flight of a key, or starts one.
pub(super) fn board<S: Shape<Value: CacheValue>>(miss: &Miss) -> Boarding {
    let now = miss.core.timer.now();
    let mut stripe = miss.core.stripe(miss.digest);
    if miss.core.has_answer::<S>(miss, now) {
        return Boarding::Stored;
    }
    // One that an invalidation has overtaken takes nobody on any more, and makes room.
    let joinable = stripe
        .flights
        .get(&miss.digest)
        .filter(|flight| flight.key == miss.key && flight.scope.is_alive());
    if let Some(flight) = joinable {
        return match Wait::begin(flight.id) {
            Some(wait) => Boarding::Follow(Follow::new(flight, wait)),
            None => Boarding::Circle,
        };
    }
    let flight = Flight::new(miss);
    stripe.flights.insert(miss.digest, Arc::clone(&flight));
    Boarding::Lead(Lead::new(flight))
}

/// Starts a load that nobody can join and that joins nobody.
pub(super) fn charter(miss: &Miss) -> Lead {
    let mut lead = Lead::new(Flight::new(miss));
    lead.chartered = true;
    lead
}

/// A follower's place. Given back when the wait ends, however it ends.
pub(super) struct Follow {
    flight: Arc<Flight>,
    _wait: Wait,
}

impl Follow {
    fn new(flight: &Arc<Flight>, wait: Wait) -> Self {
        flight.crew().followers += 1;
        Self {
            flight: Arc::clone(flight),
            _wait: wait,
        }
    }

    /// Waits for the flight to land, or for the lead.
    pub(super) async fn wait(&self) -> Waited {
        match self.flight.turn.acquire().await {
            Err(_landed) => Waited::Landed(Arc::clone(&self.flight)),
            Ok(permit) => {
                permit.forget();
                Waited::Turn(Lead::new(Arc::clone(&self.flight)))
            }
        }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        let mut stripe = self.flight.core.stripe(self.flight.digest);
        self.flight.crew().followers -= 1;
        abandon(&mut stripe, &self.flight);
    }
}

/// How a follower's wait ended.
pub(super) enum Waited {
    Landed(Arc<Flight>),
    /// The leader left, or failed with an error of its own.
    Turn(Lead),
}

/// Takes a flight that nobody is on out of the table.
fn abandon(stripe: &mut Stripe, flight: &Arc<Flight>) {
    let crew = flight.crew();
    if crew.leaders == 0 && crew.followers == 0 {
        drop(crew);
        stripe.forget(flight);
    }
}

/// The leader's place. Dropped before it has landed (the future was dropped, the load panicked), it hands over.
pub(super) struct Lead {
    pub(super) flight: Arc<Flight>,
    chartered: bool,
    /// Orders this load among all loads and insertions of the cache, once it has begun.
    begun: Option<u64>,
    landed: bool,
}

impl Lead {
    fn new(flight: Arc<Flight>) -> Self {
        flight.crew().leaders += 1;
        Self {
            flight,
            chartered: false,
            begun: None,
            landed: false,
        }
    }

    /// Runs the load, stores its answer unless the fence forbids it, and lets those know who waited. Once only.
    pub(super) async fn fly<S, K, F>(&mut self, miss: &Miss, store_if: &K, body: F) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
        F: Future<Output = S::Answer>,
    {
        self.begun = Some(self.flight.core.next_id());
        self.flight.core.shelf.counters.loads.increment();
        let answer = Load::new(body, Some(self.flight.id)).await;
        self.land::<S, K>(&answer, miss, store_if);
        answer
    }

    fn land<S, K>(&mut self, answer: &S::Answer, miss: &Miss, store_if: &K)
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        let core = &self.flight.core;
        let outcome = S::outcome(answer);
        // Made before any lock is taken: `store_if`, `Clone` and the weigher are code of the user's.
        let draft = core.draft(&outcome, &miss.policy, store_if);
        if draft.is_some() {
            core.tell_of_reads(self.flight.digest);
            core.tidy();
        }
        let answered = !matches!(outcome, Outcome::Failed);
        // A reload has found that there is nothing to store: what was stored before is no answer any more.
        let obsolete =
            self.chartered && answered && draft.is_none() && self.flight.scope.is_alive();
        {
            let mut stripe = core.stripe(self.flight.digest);
            if let Some(draft) = draft {
                self.commit(draft);
            }
            stripe.forget(&self.flight);
        }
        if obsolete {
            core.invalidate_key(&self.flight.key);
        }
        if !answered {
            core.shelf.counters.load_failures.increment();
        }
        // Out of the table, the flight gets no followers any more.
        if self.flight.crew().followers > 0 {
            match outcome {
                Outcome::Value(value) => self
                    .flight
                    .land(Landed::Value(AnyValue::new(value.clone()))),
                Outcome::Absent => self.flight.land(Landed::Absent),
                Outcome::Failed => match S::share(answer) {
                    Some(error) => self.flight.land(Landed::Failed(error.into())),
                    None => self.let_followers_try(),
                },
            }
        }
        self.flight.crew().leaders -= 1;
        self.landed = true;
    }

    /// Stores under the scope that was taken hold of before the load, if it is still alive, and if nothing newer lies
    /// there. The stripe must be locked.
    fn commit(&self, draft: Draft) {
        let flight = &self.flight;
        let core = &flight.core;
        // Switched off while the load was under way.
        if !core.is_enabled() {
            return;
        }
        let Some(scope) = core.shelf.scopes.keep(&flight.scope) else {
            core.shelf.counters.discarded_loads.increment();
            return;
        };
        match self.begun {
            Some(begun) if !core.has_newer(flight.digest, &flight.key, begun, draft.made()) => {
                core.put(&flight.key, flight.digest, scope, begun, draft);
            }
            _ => core.shelf.scopes.release(&scope),
        }
    }

    /// Nobody can be given this error: those who waited load for themselves, until one succeeds.
    fn let_followers_try(&self) {
        let again = mem::replace(&mut self.flight.crew().failed, true);
        self.flight
            .turn
            .add_permits(if again { MORE_RETRIES } else { RETRIES });
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        if self.begun.is_some() {
            self.flight.core.shelf.counters.load_failures.increment();
        }
        let mut stripe = self.flight.core.stripe(self.flight.digest);
        let mut crew = self.flight.crew();
        crew.leaders -= 1;
        let waiting = crew.followers > 0;
        drop(crew);
        if waiting {
            // Wakes a task, which is not for us to do under a lock.
            drop(stripe);
            self.flight.turn.add_permits(1);
        } else {
            abandon(&mut stripe, &self.flight);
        }
    }
}
