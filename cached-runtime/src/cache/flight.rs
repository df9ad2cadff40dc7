//! What those have in common who load an answer and who wait for it.

use std::sync::{self, atomic::Ordering};

use triomphe::Arc;

use super::{
    content::AnyValue,
    core::{Core, Stripe},
    critical::{Critical, lock},
    directory::Digest,
    fence::Fence,
    flights::Aloft,
    turns::Turns,
    waits::Wait,
};
use crate::{
    context::FlightId,
    shape::Shape,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize},
    },
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
            Self::Failed(error) => S::failed(error.boxed()?),
        }
    }
}

/// One load of one key for which somebody waits. It stays what it is but for its crew.
pub(super) struct Flight {
    core: sync::Arc<Core>,
    digest: Digest,
    number: u64,
    /// What it goes by when it is in the table no more: for those on it who may still load.
    kept: Mutex<Option<Fence>>,
    /// A turn is the right to lead. Over once the flight has landed.
    pub(super) turns: Turns,
    landed: OnceLock<Landed>,
    crew: Crew,
}

/// Who is on a flight. Nobody boards one, or leaves it before it has landed, but under the stripe's lock; a follower who gets
/// the lead is on it already.
struct Crew {
    leaders: AtomicUsize,
    followers: AtomicUsize,
    /// A leader failed with an error that nobody else can be given.
    failed: AtomicBool,
}

/// As those know it who wait for the flight with this number, and who run its load.
pub(super) fn flight_id(core: &sync::Arc<Core>, number: u64) -> FlightId {
    FlightId::new(sync::Arc::as_ptr(core).addr(), number)
}

impl Flight {
    /// One with a leader, for the first who waits.
    fn new(core: sync::Arc<Core>, digest: Digest, number: u64) -> Arc<Self> {
        Arc::new(Self {
            core,
            digest,
            number,
            kept: Mutex::default(),
            turns: Turns::default(),
            landed: OnceLock::new(),
            crew: Crew {
                leaders: AtomicUsize::new(1),
                followers: AtomicUsize::new(0),
                failed: AtomicBool::new(false),
            },
        })
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn stripe(&self) -> Critical<'_, Stripe> {
        self.core.stripe(self.digest)
    }

    /// Keeps the fence of a flight that has left the table. What nobody takes is given back at the end.
    pub(super) fn keep(&self, fence: Fence) {
        *lock(&self.kept) = Some(fence);
    }

    /// The fence for the one load that stores. Of several retries that succeed at once the first one gets it.
    pub(super) fn take_kept(&self) -> Option<Fence> {
        lock(&self.kept).take()
    }

    pub(super) fn landed(&self) -> Option<&Landed> {
        self.landed.get()
    }

    /// Whether somebody waits. Out of the table, the flight gets no followers any more.
    pub(super) fn is_followed(&self) -> bool {
        self.crew.followers.load(Ordering::Relaxed) > 0
    }

    pub(super) fn land(&self, landed: Landed) {
        // Of several retries that succeed at once the first one answers all.
        let _ = self.landed.set(landed);
        self.turns.end();
    }

    /// Nobody can be given the error of a leader: those who waited load for themselves, until one succeeds.
    pub(super) fn let_followers_try(&self) {
        let again = self.crew.failed.swap(true, Ordering::Relaxed);
        self.turns.give(if again { MORE_RETRIES } else { RETRIES });
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let kept = self.kept.get_mut();
        if let Some(fence) = kept.unwrap_or_else(PoisonError::into_inner) {
            fence.release(&self.core);
        }
    }
}

/// A follower's place. Given back when the wait ends, however it ends.
pub(super) struct Follow {
    flight: Arc<Flight>,
    _wait: Wait,
}

impl Follow {
    /// The stripe must be locked.
    pub(super) fn new(aloft: &mut Aloft, core: &sync::Arc<Core>, wait: Wait) -> Self {
        let flight = aloft.flight.get_or_insert_with(|| {
            Flight::new(sync::Arc::clone(core), aloft.digest, aloft.fence.number)
        });
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
            Waited::Turn(Turn::new(Arc::clone(&self.flight)))
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
    Turn(Turn),
}

/// The right to lead a flight. Dropped before it is over, it goes to the next.
pub(super) struct Turn {
    flight: Arc<Flight>,
    is_over: bool,
}

impl Turn {
    pub(super) const fn new(flight: Arc<Flight>) -> Self {
        Self {
            flight,
            is_over: false,
        }
    }

    pub(super) const fn flight(&self) -> &Arc<Flight> {
        &self.flight
    }

    /// Whether nothing has reached the key since the flight began, and no load of it has stored.
    pub(super) fn is_valid(&self) -> bool {
        let flight = &self.flight;
        let stripe = flight.stripe();
        match stripe.flights.find(flight.digest, flight.number) {
            Some(aloft) => aloft.fence.is_intact(),
            None => lock(&flight.kept).as_ref().is_some_and(Fence::is_intact),
        }
    }

    pub(super) const fn end(&mut self) {
        self.is_over = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_over {
            hand_over(self.flight.stripe(), &self.flight);
        }
    }
}

/// One who leads leaves before the flight has landed.
pub(super) fn hand_over(mut stripe: Critical<'_, Stripe>, flight: &Arc<Flight>) {
    flight.crew.leaders.fetch_sub(1, Ordering::Relaxed);
    if flight.is_followed() {
        // Wakes a task, which is not for us to do under a lock.
        drop(stripe);
        defended!(HandOver, flight.turns.give(1), else ());
    } else {
        abandon(&mut stripe, flight);
    }
}

/// Takes a flight that nobody is on out of the table.
fn abandon(stripe: &mut Stripe, flight: &Flight) {
    let is_empty = flight.crew.leaders.load(Ordering::Relaxed) == 0 && !flight.is_followed();
    if is_empty && let Some(aloft) = stripe.flights.remove(flight.digest, flight.number) {
        aloft.fence.release(&flight.core);
    }
}
