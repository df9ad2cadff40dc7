//! A load in progress: who leads it, who waits for it, and how it is handed over.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering, fence},
    },
};

use cached_key::Key;

use super::{
    core::{Core, Shelf, Stripe},
    critical::{Critical, lock},
    directory::Digest,
    entry::{AnyValue, Holds},
    miss::Miss,
    overlay::Pending,
    read::Verdict,
    store::Draft,
    turns::Turns,
    waits::Wait,
};
use crate::{
    context::Load,
    shape::{Outcome, Shape},
    sync::{Mutex, OnceLock},
    time::Moment,
    value::CacheValue,
};

/// How many of those who waited for a load that failed may try for themselves at first; each that fails in turn lets two
/// more try. So a broken source meets few loads at once, and yet nobody waits for a long row of time-outs.
const RETRIES: usize = 4;
const MORE_RETRIES: usize = 2;

/// Of the standard library also in models: nothing hangs on which number a flight draws.
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
    /// Older than every load of the flight.
    number: u64,
    /// Taken hold of before the load began.
    holds: Holds,
    core: Arc<Core>,
    /// A turn is the right to lead. Over once the flight has landed.
    turns: Turns,
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
        let core = &miss.core;
        let number = core.next_id();
        // If this cache is so new that an act has not seen it, the load sees the act's marks.
        fence(Ordering::SeqCst);
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            key: miss.key.clone(),
            digest: miss.digest,
            number,
            holds: core.hold(&miss.key, &miss.tags, miss.digest),
            core: Arc::clone(core),
            turns: Turns::default(),
            landed: OnceLock::new(),
            crew: Mutex::default(),
        })
    }

    /// Whether nothing has reached the key since the flight was made.
    pub(super) fn is_valid(&self) -> bool {
        self.holds.accept(self.number)
    }

    /// Holds once more what the entry of a load with this number is to hang on.
    fn keep(&self, begun: u64) -> Option<Holds> {
        let Shelf { scopes, tags, .. } = &*self.core.shelf;
        let scope = defended!(
            ScopeBeforeLoad,
            scopes.keep(&self.holds.scope, begun)?,
            else scopes.hold(self.key.as_str(), self.digest)
        );
        let of = &self.holds.tags;
        let mut kept = Vec::with_capacity(of.len());
        for tag in of {
            kept.extend(tags.keep(tag, begun));
        }
        let complete = defended!(TagCommitCheck, kept.len() == of.len(), else true);
        let holds = Holds {
            scope,
            tags: kept.into(),
        };
        if !complete {
            self.core.shelf.release(&holds);
            return None;
        }
        Some(holds)
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
        self.turns.end();
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.core.shelf.release(&self.holds);
    }
}

/// A caller's place on a flight.
pub(super) enum Boarding {
    /// The answer came in while the caller was on its way.
    Stored,
    /// There is an old answer, and somebody else is to bring the new one.
    Old,
    /// The source does not have it yet.
    Pending(Pending),
    Lead(Lead),
    Follow(Follow),
    /// Waiting would never end: the flight waits for this caller.
    Circle,
}

/// Finds the flight of a key, or starts one.
pub(super) fn board<S: Shape<Value: CacheValue>>(miss: &Miss) -> Boarding {
    let now = miss.core.timer.now();
    let mut stripe = miss.core.stripe(miss.digest);
    let verdict = miss.core.judge::<S>(miss, now);
    let key = miss.key.as_bytes();
    if verdict != Verdict::Answer
        && let Some(value) = stripe.overlay.value::<S::Value>(miss.digest, key)
    {
        return Boarding::Pending(value);
    }
    match verdict {
        Verdict::Answer => return Boarding::Stored,
        Verdict::NotYet => return Boarding::Old,
        Verdict::Renew | Verdict::Load => {}
    }
    if let Some(flight) = stripe.joinable(miss.digest, key) {
        if verdict == Verdict::Renew {
            return Boarding::Old;
        }
        return match Wait::begin(flight.id) {
            Some(wait) => Boarding::Follow(Follow::new(flight, wait)),
            None => Boarding::Circle,
        };
    }
    // One that an invalidation has overtaken takes nobody on any more, and makes room.
    let flight = Flight::new(miss);
    stripe.flights.insert(miss.digest, Arc::clone(&flight));
    let mut lead = Lead::new(flight);
    lead.renews = verdict == Verdict::Renew;
    Boarding::Lead(lead)
}

/// Starts a load that nobody can join and that joins nobody, unless the source is behind what it would load.
pub(super) fn charter<S: Shape<Value: CacheValue>>(miss: &Miss) -> Result<Lead, Pending> {
    let stripe = miss.core.stripe(miss.digest);
    let key = miss.key.as_bytes();
    if let Some(value) = stripe.overlay.value::<S::Value>(miss.digest, key) {
        return Err(value);
    }
    let mut lead = Lead::new(Flight::new(miss));
    lead.chartered = true;
    Ok(lead)
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
        if self.flight.turns.wait().await {
            Waited::Turn(Lead::new(Arc::clone(&self.flight)))
        } else {
            Waited::Landed(Arc::clone(&self.flight))
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
    fn new(flight: Arc<Flight>) -> Self {
        flight.crew().leaders += 1;
        Self {
            chartered: false,
            renews: false,
            progress: Progress::Boarded,
            begun: Begun {
                number: flight.number,
                at: Moment::from_nanos(0),
            },
            flight,
        }
    }

    /// Runs the load, stores its answer unless the fence forbids it, and lets those know who waited. Where the load fails and
    /// an old answer may stand in, that is what all get. Once only.
    pub(super) async fn fly<S, K, F>(&mut self, miss: &Miss, store_if: &K, body: F) -> S::Answer
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
        F: Future<Output = S::Answer>,
    {
        self.begin();
        let answer = Load::new(body, Some(self.flight.id)).await;
        if !self.chartered
            && matches!(S::outcome(&answer), Outcome::Failed)
            && let Some(old) = self.flight.core.spare::<S>(miss, self.begun.number)
        {
            self.make_do::<S>(&old);
            return old;
        }
        self.land::<S, K>(&answer, miss, store_if);
        answer
    }

    fn begin(&mut self) {
        let core = &self.flight.core;
        self.begun = Begun {
            number: core.next_id(),
            at: core.timer.now(),
        };
        self.progress = Progress::Flying;
        core.shelf.counters.loads.increment();
        if self.renews {
            core.shelf.counters.refreshes.increment();
        }
    }

    /// Lands with the answer of the load.
    fn land<S, K>(&mut self, answer: &S::Answer, miss: &Miss, store_if: &K)
    where
        S: Shape<Value: CacheValue>,
        K: Fn(&S::Value) -> bool,
    {
        let begun = self.begun;
        let core = &self.flight.core;
        let outcome = S::outcome(answer);
        // Made before any lock is taken: `store_if`, `Clone` and the weigher are code of the user's.
        let draft = core.draft(&outcome, &miss.policy, begun.at, store_if);
        if draft.is_some() {
            core.tidy();
        }
        let failed = matches!(outcome, Outcome::Failed);
        // There turned out to be nothing to store: what was stored before is no answer any more.
        let obsolete = !failed
            && draft.is_none()
            && self.flight.is_valid()
            && core.has_older(miss, begun.number);
        {
            let mut stripe = core.stripe(self.flight.digest);
            if let Some(draft) = draft {
                self.commit(draft, begun);
            }
            stripe.forget(&self.flight);
        }
        core.keep_up();
        if obsolete {
            core.invalidate_key(&self.flight.key);
        }
        if failed {
            core.shelf.counters.load_failures.increment();
        }
        self.leave::<S>(answer);
    }

    /// Lands with an old answer in the place of the one that the load failed to bring. It stays as old as it is.
    fn make_do<S: Shape<Value: CacheValue>>(&mut self, old: &S::Answer) {
        let core = &self.flight.core;
        core.stripe(self.flight.digest).forget(&self.flight);
        core.shelf.counters.load_failures.increment();
        tracing::warn!(
            cache = core.name(),
            "a load failed, and an old answer stands in for it"
        );
        self.leave::<S>(old);
    }

    /// Lets those know who waited. Out of the table, the flight gets no followers any more.
    fn leave<S: Shape<Value: CacheValue>>(&mut self, answer: &S::Answer) {
        if self.flight.crew().followers > 0 {
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
        self.flight.crew().leaders -= 1;
        self.progress = Progress::Landed;
    }

    /// Stores under the scopes that were taken hold of before the load, if nothing has reached them, and if nothing newer
    /// lies there. The stripe must be locked.
    fn commit(&self, draft: Draft, begun: Begun) {
        let flight = &self.flight;
        let core = &flight.core;
        // Switched off while the load was under way.
        if !core.is_enabled() {
            return;
        }
        let Some(holds) = flight.keep(begun.number) else {
            core.shelf.counters.discarded_loads.increment();
            return;
        };
        core.put_unless_newer(&flight.key, flight.digest, holds, begun.number, draft);
    }

    /// Nobody can be given this error: those who waited load for themselves, until one succeeds.
    fn let_followers_try(&self) {
        let again = mem::replace(&mut self.flight.crew().failed, true);
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
            defended!(HandOver, self.flight.turns.give(1), else ());
        } else {
            abandon(&mut stripe, &self.flight);
        }
    }
}
