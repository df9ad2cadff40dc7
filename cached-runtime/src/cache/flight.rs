//! A load in progress: who is on it, and who waits for it.

use std::{
    ops::{Deref, DerefMut},
    sync::{self, atomic::Ordering},
};

use triomphe::{Arc, UniqueArc};

use super::{
    content::AnyValue,
    core::{Core, Stripe},
    critical::{Critical, lock},
    fence::Fence,
    flights::Aloft,
    lead::Lead,
    miss::Miss,
    overlay::Pending,
    read::Verdict,
    turns::Turns,
    waits::Wait,
};
use crate::{
    context::FlightId,
    shape::Shape,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize},
    },
    value::CacheValue,
};

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

/// One load of one key. It stays what it is but for its crew.
pub(super) struct Flight {
    /// The call that has started it.
    pub(super) miss: Miss,
    /// Set when it begins, before anybody else hears of it.
    number: AtomicU64,
    /// What it goes by where it is in no table.
    kept: Mutex<Option<Fence>>,
    /// A turn is the right to lead. Over once the flight has landed.
    pub(super) turns: Turns,
    landed: OnceLock<Landed>,
    pub(super) crew: Crew,
}

/// A call that must load, in one piece with the flight that it starts unless it finds another one: a leader needs no memory
/// but this, and calls that hit have no room to keep for it.
pub(crate) struct Passenger(UniqueArc<Flight>);

impl Passenger {
    #[inline]
    pub(crate) fn new(miss: Miss) -> Self {
        Self(UniqueArc::new(Flight {
            miss,
            number: AtomicU64::new(0),
            kept: Mutex::default(),
            turns: Turns::default(),
            landed: OnceLock::new(),
            crew: Crew {
                leaders: AtomicUsize::new(1),
                followers: AtomicUsize::new(0),
                failed: AtomicBool::new(false),
            },
        }))
    }

    /// Nothing is added to the call any more.
    pub(super) fn check_in(self) -> Arc<Flight> {
        self.0.shareable()
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
        &mut self.0.miss
    }
}

/// Who is on a flight. Nobody boards one, or leaves it before it has landed, but under the stripe's lock; a follower who gets
/// the lead is on it already.
pub(super) struct Crew {
    pub(super) leaders: AtomicUsize,
    followers: AtomicUsize,
    /// A leader failed with an error that nobody else can be given.
    pub(super) failed: AtomicBool,
}

impl Flight {
    /// Begins, led by the one whose call it is. What it goes by is the caller's to keep.
    pub(super) fn begin(&self) -> Fence {
        let Miss {
            core,
            key,
            tags,
            digest,
            ..
        } = &self.miss;
        core.appear();
        let holds = core.hold(key.as_bytes(), tags, *digest);
        // After the scopes: what was called past its time before, the load does not bring.
        let number = core.next_id();
        self.number.store(number, Ordering::Relaxed);
        Fence::new(number, holds)
    }

    pub(super) fn number(&self) -> u64 {
        self.number.load(Ordering::Relaxed)
    }

    pub(super) fn core(&self) -> &sync::Arc<Core> {
        &self.miss.core
    }

    pub(super) fn id(&self) -> FlightId {
        FlightId::new(sync::Arc::as_ptr(self.core()).addr(), self.number())
    }

    pub(super) fn stripe(&self) -> Critical<'_, Stripe> {
        self.core().stripe(self.miss.digest)
    }

    /// Keeps the fence while callers cannot find the flight: for those on it who may still load. What nobody takes is given
    /// back at the end.
    pub(super) fn keep(&self, fence: Fence) {
        *self.kept() = Some(fence);
    }

    pub(super) fn kept(&self) -> Critical<'_, Option<Fence>> {
        lock(&self.kept)
    }

    pub(super) fn landed(&self) -> Option<&Landed> {
        self.landed.get()
    }

    /// Whether somebody waits. Out of the table, the flight gets no followers any more.
    pub(super) fn is_followed(&self) -> bool {
        self.crew.followers.load(Ordering::Relaxed) > 0
    }

    fn is_empty(&self) -> bool {
        self.crew.leaders.load(Ordering::Relaxed) == 0 && !self.is_followed()
    }

    pub(super) fn land(&self, landed: Landed) {
        // Of several retries that succeed at once the first one answers all.
        let _ = self.landed.set(landed);
        self.turns.end();
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let kept = self.kept.get_mut();
        if let Some(fence) = kept.unwrap_or_else(PoisonError::into_inner) {
            fence.release(&self.miss.core);
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

/// Finds the flight of a key, or starts the one given.
pub(super) fn board<S: Shape<Value: CacheValue>>(
    call: Arc<Flight>,
) -> Result<Lead, (Arc<Flight>, Boarding)> {
    let now = call.core().timer.now();
    let mut stripe = call.stripe();
    let verdict = call.core().judge::<S>(&call.miss, now);
    if let Some(boarding) = find_place::<S>(&stripe, &call.miss, verdict) {
        drop(stripe);
        return Err((call, boarding));
    }
    let fence = call.begin();
    let number = fence.number;
    let flight = Arc::clone(&call);
    // One that an invalidation has overtaken takes nobody on any more, and makes room.
    if let Some(overtaken) = stripe.flights.insert(Aloft { flight, fence }) {
        overtaken.flight.keep(overtaken.fence);
    }
    drop(stripe);
    let mut lead = Lead::starting(call, number, now);
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
pub(super) fn charter<S: Shape<Value: CacheValue>>(call: Arc<Flight>) -> Result<Lead, Pending> {
    let now = call.core().timer.now();
    let stripe = call.stripe();
    let Miss { key, digest, .. } = &call.miss;
    if let Some(value) = stripe.overlay.value::<S::Value>(*digest, key.as_bytes()) {
        return Err(value);
    }
    let fence = call.begin();
    let number = fence.number;
    call.keep(fence);
    drop(stripe);
    let mut lead = Lead::starting(call, number, now);
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
pub(super) fn abandon(stripe: &mut Stripe, flight: &Arc<Flight>) {
    if flight.is_empty() {
        stripe.forget(flight);
    }
}
