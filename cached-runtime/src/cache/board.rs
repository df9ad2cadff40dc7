//! How a call that found no answer gets one: it joins the flight of its key, or leads one.

use super::{
    core::Stripe,
    flight::{Follow, flight_id},
    flights::Aloft,
    lead::Lead,
    miss::Miss,
    overlay::Pending,
    read::Verdict,
    waits::Wait,
};
use crate::{shape::Shape, value::CacheValue};

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
    miss: Box<Miss>,
) -> Result<Lead, (Box<Miss>, Boarding)> {
    let reading = miss.core.timer.reading();
    let mut stripe = miss.core.stripe(miss.digest);
    let verdict = miss.core.judge::<S>(&miss, reading);
    if let Some(boarding) = find_place::<S>(&mut stripe, &miss, verdict) {
        drop(stripe);
        return Err((miss, boarding));
    }
    let fence = miss.begin();
    let number = fence.number;
    // One that an invalidation has overtaken takes nobody on any more, and makes room.
    stripe.flights.insert(Aloft {
        digest: miss.digest,
        key: miss.key.clone(),
        fence,
        flight: None,
    });
    drop(stripe);
    let mut lead = Lead::starting(miss, number, reading);
    lead.miss.course.renews = verdict == Verdict::Renew;
    Ok(lead)
}

/// `None` where the caller has to lead.
fn find_place<S: Shape<Value: CacheValue>>(
    stripe: &mut Stripe,
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
    let aloft = stripe.joinable(miss.digest, key)?;
    if verdict == Verdict::Renew {
        return Some(Boarding::Old);
    }
    let flight = flight_id(&miss.core, aloft.fence.number);
    Some(match Wait::begin(flight) {
        Some(wait) => Boarding::Follow(Follow::new(aloft, &miss.core, wait)),
        None => Boarding::Circle,
    })
}

/// Starts a load that nobody can join and that joins nobody, unless the source is behind what it would load.
pub(super) fn charter<S: Shape<Value: CacheValue>>(miss: Box<Miss>) -> Result<Lead, Pending> {
    let reading = miss.core.timer.reading();
    let stripe = miss.core.stripe(miss.digest);
    let key = miss.key.as_bytes();
    if let Some(value) = stripe.overlay.value::<S::Value>(miss.digest, key) {
        return Err(value);
    }
    let fence = miss.begin();
    drop(stripe);
    Ok(Lead::chartered(miss, fence, reading))
}
