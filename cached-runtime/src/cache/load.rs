//! The way of a miss: join the load of the key or lead it.

use super::{
    core::Core,
    flight::{Boarding, Landed, Waited, board, charter},
    miss::Miss,
};
use crate::{context::Load, shape::Shape, value::CacheValue};

/// Finds the answer of a key that was not in the directory a moment ago.
pub(crate) async fn load<S, K, F>(miss: &Miss, store_if: &K, body: F) -> S::Answer
where
    S: Shape<Value: CacheValue>,
    K: Fn(&S::Value) -> bool,
    F: Future<Output = S::Answer>,
{
    let core = &miss.core;
    loop {
        let lead = match board::<S>(miss) {
            Boarding::Lead(lead) => lead,
            Boarding::Stored => match core.late_answer::<S>(miss.digest, miss.key.as_bytes()) {
                Some(answer) => return coalesced(core, answer),
                None => continue,
            },
            Boarding::Follow(follow) => match follow.wait().await {
                Waited::Landed(flight) => match flight.landed().and_then(Landed::answer::<S>) {
                    Some(answer) => return coalesced(core, answer),
                    None => return Load::new(body, None).await,
                },
                // What the turn was for came in by another way, or an invalidation came over it.
                Waited::Turn(lead)
                    if core.has_answer::<S>(miss, core.timer.now())
                        || !lead.flight.scope.is_alive() =>
                {
                    continue;
                }
                Waited::Turn(lead) => lead,
            },
            Boarding::Circle => return Load::new(body, None).await,
        };
        return lead.fly::<S, K, F>(miss, store_if, body).await;
    }
}

/// Runs the body in any case, and stores its answer in place of the one that is there.
pub(crate) async fn reload<S, K, F>(miss: &Miss, store_if: &K, body: F) -> S::Answer
where
    S: Shape<Value: CacheValue>,
    K: Fn(&S::Value) -> bool,
    F: Future<Output = S::Answer>,
{
    charter(miss).fly::<S, K, F>(miss, store_if, body).await
}

fn coalesced<A>(core: &Core, answer: A) -> A {
    core.shelf.counters.coalesced.increment();
    answer
}
