//! A load in progress: who leads it, who waits for it, and how it is handed over.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, atomic::Ordering},
};

use super::{
    content::AnyValue,
    core::{Core, Stripe},
    critical::Critical,
    entry::Holds,
    miss::Miss,
    overlay::Pending,
    read::Verdict,
    store::Draft,
    turns::Turns,
    waits::Wait,
};
use crate::{
    context::FlightId,
    shape::{Outcome, Shape},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicUsize},
    },
    time::Moment,
    value::CacheValue,
};

/// How many of those who waited for a load that failed may try for themselves at first; each that fails in turn lets two
/// more try. So a broken source meets few loads at once, and yet nobody waits for a long row of time-outs.
const RETRIES: usize = 4;
const MORE_RETRIES: usize = 2;

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

/// One load of one key. It stays what it is but for its crew, and for what it holds.
pub(super) struct Flight {
    /// The call that has started it.
    pub(super) miss: Miss,
    /// Set when it begins, before anybody else hears of it.
    fence: Option<Fence>,
    /// An entry hangs there now, and gives it back. Changes under the stripe's lock.
    handed_over: AtomicBool,
    /// A turn is the right to lead. Over once the flight has landed.
    turns: Turns,
    landed: OnceLock<Landed>,
    crew: Crew,
}

/// What a flight goes by to find out whether an invalidation has overtaken it.
struct Fence {
    /// No load of the flight has a lower one.
    number: u64,
    /// Taken hold of before the first load began.
    holds: Holds,
}

/// A call that must load, in one piece with the flight that it starts unless it finds another one: a leader needs no memory
/// but this, and calls that hit have no room to keep for it.
pub(crate) struct Passenger(Arc<Flight>);

impl Passenger {
    #[inline]
    pub(crate) fn new(miss: Miss) -> Self {
        Self(Arc::new(Flight {
            miss,
            fence: None,
            handed_over: AtomicBool::new(false),
            turns: Turns::default(),
            landed: OnceLock::new(),
            crew: Crew {
                leaders: AtomicUsize::new(1),
                followers: AtomicUsize::new(0),
                failed: AtomicBool::new(false),
            },
        }))
    }

    /// The flight begins, led by the one who has started it.
    pub(super) fn begin(mut self) -> Arc<Flight> {
        let flight = self.own();
        let Miss {
            core,
            key,
            tags,
            digest,
            ..
        } = &flight.miss;
        core.appear();
        let holds = core.hold(key.as_bytes(), tags, *digest);
        flight.fence = Some(Fence {
            // After the scopes: what was called past its time before, the load does not bring.
            number: core.next_id(),
            holds,
        });
        self.0
    }

    fn own(&mut self) -> &mut Flight {
        match Arc::get_mut(&mut self.0) {
            Some(flight) => flight,
            None => panic!("nobody else is on a flight that has not begun"),
        }
    }
}

impl Deref for Passenger {
    type Target = Miss;

    fn deref(&self) -> &Miss {
        &self.0.miss
    }
}

impl DerefMut for Passenger {
    fn deref_mut(&mut self) -> &mut Miss {
        &mut self.own().miss
    }
}

/// Who is on a flight. Nobody boards one, or leaves it before it has landed, but under the stripe's lock; a follower who gets
/// the lead is on it already.
struct Crew {
    leaders: AtomicUsize,
    followers: AtomicUsize,
    /// A leader failed with an error that nobody else can be given.
    failed: AtomicBool,
}

impl Flight {
    fn number(&self) -> u64 {
        self.fence.as_ref().map_or(0, |fence| fence.number)
    }

    fn core(&self) -> &Arc<Core> {
        &self.miss.core
    }

    pub(super) fn id(&self) -> FlightId {
        FlightId::new(Arc::as_ptr(self.core()).addr(), self.number())
    }

    fn stripe(&self) -> Critical<'_, Stripe> {
        self.core().stripe(self.miss.digest)
    }

    /// Whether nothing has reached the key since the flight was made.
    pub(super) fn is_valid(&self) -> bool {
        let fence = self.fence.as_ref();
        fence.is_some_and(|fence| fence.holds.accept(fence.number))
    }

    /// What the entry of the load with this number is to hang on, unless something has reached it. Of several retries that
    /// succeed at once one gets it. The stripe must be locked: whoever marks these scopes from now on finds the entry.
    fn hand_over(&self, begun: u64) -> Option<Holds> {
        let holds = &self.fence.as_ref()?.holds;
        let Holds { scope, tags } = holds;
        let intact = defended!(CommitCheck, scope.accepts(begun), else true)
            && defended!(TagCommitCheck, tags.iter().all(|tag| tag.accepts(begun)), else true);
        if !intact {
            self.core().shelf.counters.discarded_loads.increment();
            return None;
        }
        if self.handed_over.load(Ordering::Relaxed) {
            return None;
        }
        self.handed_over.store(true, Ordering::Relaxed);
        Some(holds.clone())
    }

    pub(super) fn landed(&self) -> Option<&Landed> {
        self.landed.get()
    }

    /// Whether somebody waits. Out of the table, the flight gets no followers any more.
    fn is_followed(&self) -> bool {
        self.crew.followers.load(Ordering::Relaxed) > 0
    }

    fn is_empty(&self) -> bool {
        self.crew.leaders.load(Ordering::Relaxed) == 0 && !self.is_followed()
    }

    fn land(&self, landed: Landed) {
        // Of several retries that succeed at once the first one answers all.
        let _ = self.landed.set(landed);
        self.turns.end();
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(fence) = &self.fence
            && !self.handed_over.load(Ordering::Relaxed)
        {
            self.core().shelf.release(&fence.holds);
        }
    }
}

/// A caller's place where it is not that of a leader.
pub(super) enum Boarding {
    /// The answer came in while the caller was on its way.
    Stored,
    /// There is an old answer, and somebody else is to bring the new one.
    Old,
    /// The source does not have it yet.
    Pending(Pending),
    Follow(Follow),
    /// Waiting would never end: the flight waits for this caller.
    Circle,
}

/// Finds the flight of a key, or starts one.
pub(super) fn board<S: Shape<Value: CacheValue>>(
    passenger: Passenger,
) -> Result<Lead, (Passenger, Boarding)> {
    let core = Arc::clone(&passenger.core);
    let now = core.timer.now();
    let mut stripe = core.stripe(passenger.digest);
    let verdict = core.judge::<S>(&passenger, now);
    if let Some(boarding) = find_place::<S>(&stripe, &passenger, verdict) {
        return Err((passenger, boarding));
    }
    let flight = passenger.begin();
    // One that an invalidation has overtaken takes nobody on any more, and makes room.
    stripe.flights.insert(Arc::clone(&flight));
    let mut lead = Lead::new(flight);
    lead.begun.at = now;
    lead.renews = verdict == Verdict::Renew;
    Ok(lead)
}

/// `None` where the caller has to lead.
fn find_place<S: Shape<Value: CacheValue>>(
    stripe: &Stripe,
    miss: &Miss,
    verdict: Verdict,
) -> Option<Boarding> {
    let key = miss.key.as_bytes();
    if verdict != Verdict::Answer
        && let Some(value) = stripe.overlay.value::<S::Value>(miss.digest, key)
    {
        return Some(Boarding::Pending(value));
    }
    match verdict {
        Verdict::Answer => return Some(Boarding::Stored),
        Verdict::NotYet => return Some(Boarding::Old),
        Verdict::Renew | Verdict::Load => {}
    }
    let flight = stripe.joinable(miss.digest, key)?;
    if verdict == Verdict::Renew {
        return Some(Boarding::Old);
    }
    Some(match Wait::begin(flight.id()) {
        Some(wait) => Boarding::Follow(Follow::new(flight, wait)),
        None => Boarding::Circle,
    })
}

/// Starts a load that nobody can join and that joins nobody, unless the source is behind what it would load.
pub(super) fn charter<S: Shape<Value: CacheValue>>(passenger: Passenger) -> Result<Lead, Pending> {
    let core = Arc::clone(&passenger.core);
    let now = core.timer.now();
    let stripe = core.stripe(passenger.digest);
    let key = passenger.key.as_bytes();
    if let Some(value) = stripe.overlay.value::<S::Value>(passenger.digest, key) {
        return Err(value);
    }
    let mut lead = Lead::new(passenger.begin());
    lead.begun.at = now;
    lead.chartered = true;
    Ok(lead)
}

/// A follower's place. Given back when the wait ends, however it ends.
pub(super) struct Follow {
    flight: Arc<Flight>,
    _wait: Wait,
}

impl Follow {
    /// The stripe must be locked.
    fn new(flight: &Arc<Flight>, wait: Wait) -> Self {
        flight.crew.followers.fetch_add(1, Ordering::Relaxed);
        Self {
            flight: Arc::clone(flight),
            _wait: wait,
        }
    }

    /// Waits for the flight to land, or for the lead.
    pub(super) async fn wait(&self) -> Waited {
        if self.flight.turns.wait().await {
            self.flight.crew.leaders.fetch_add(1, Ordering::Relaxed);
            Waited::Turn(Lead::new(Arc::clone(&self.flight)))
        } else {
            Waited::Landed(Arc::clone(&self.flight))
        }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        let mut stripe = self.flight.stripe();
        self.flight.crew.followers.fetch_sub(1, Ordering::Relaxed);
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
    if flight.is_empty() {
        stripe.forget(flight);
    }
}

/// The leader's place. Dropped before it has landed (the future was dropped, the load panicked), it hands over.
pub(super) struct Lead {
    pub(super) flight: Arc<Flight>,
    /// The call that leads, where it is not the one that started the flight.
    pub(super) miss: Option<Passenger>,
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
        Self {
            miss: None,
            chartered: false,
            renews: false,
            progress: Progress::Boarded,
            begun: Begun {
                number: flight.number(),
                at: Moment::from_nanos(0),
            },
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
        self.miss.as_deref().unwrap_or(&self.flight.miss)
    }

    fn core(&self) -> &Arc<Core> {
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
        let obsolete = !failed
            && draft.is_none()
            && self.flight.is_valid()
            && core.has_older(miss, begun.number);
        {
            let mut stripe = self.flight.stripe();
            if let Some(draft) = draft {
                self.commit(draft, begun);
            }
            stripe.forget(&self.flight);
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
    fn commit(&self, draft: Draft, begun: Begun) {
        let (core, miss) = (self.core(), self.miss());
        // Switched off while the load was under way.
        if !core.is_enabled() {
            return;
        }
        let holds = defended!(
            ScopeBeforeLoad,
            self.flight.hand_over(begun.number),
            else Some(core.hold(miss.key.as_bytes(), &miss.tags, miss.digest))
        );
        if let Some(holds) = holds {
            core.put_unless_newer(miss.key.as_bytes(), miss.digest, holds, begun.number, draft);
        }
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
