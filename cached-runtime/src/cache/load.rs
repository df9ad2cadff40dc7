//! The way of a miss: join the load of the key or lead it.

use super::{
    core::Core,
    flight::{Boarding, Landed, Lead, Waited, board, charter},
    miss::Miss,
    overlay,
};
use crate::{context::Load, shape::Shape, sync::runtime, value::CacheValue};

/// What a caller is to do.
enum Task<A> {
    Return(A),
    /// Run the body, and let others know.
    Lead(Lead),
    /// Run the body for oneself.
    Run,
}

/// Finds the answer of a key that was not in the directory a moment ago.
pub(crate) async fn load<S, K, F>(miss: Box<Miss>, store_if: &K, body: F) -> S::Answer
where
    S: Shape<Value: CacheValue>,
    K: Fn(&S::Value) -> bool,
    F: Future<Output = S::Answer>,
{
    match wait::<S>(miss).await {
        Task::Return(answer) => answer,
        Task::Lead(mut lead) => lead.fly::<S, K, F>(store_if, body).await,
        Task::Run => Load::new(body, None).await,
    }
}

/// The same with a body that can run in a task of its own: where there is an old answer to hand out, that is what it does,
/// and nobody waits for it. Without a Tokio runtime the caller runs it.
pub(crate) async fn load_in_background<S, K, F>(miss: Box<Miss>, store_if: K, body: F) -> S::Answer
where
    S: Shape<Value: CacheValue, Answer: Send> + Send + 'static,
    K: Fn(&S::Value) -> bool + Send + Sync + 'static,
    F: Future<Output = S::Answer> + Send + 'static,
{
    match wait::<S>(miss).await {
        Task::Return(answer) => answer,
        Task::Lead(mut lead) => {
            if lead.renews
                && let Some(runtime) = runtime()
                && let Some(old) = lead.miss().core.old_answer::<S>(lead.miss())
            {
                runtime.spawn(async move { lead.fly::<S, K, F>(&store_if, body).await });
                return old;
            }
            lead.fly::<S, K, F>(&store_if, body).await
        }
        Task::Run => Load::new(body, None).await,
    }
}

/// Runs the body, and stores its answer in place of the one that is there. Only what the source does not have yet is not
/// loaded anew: the body would bring something older.
pub(crate) async fn reload<S, K, F>(miss: Box<Miss>, store_if: &K, body: F) -> S::Answer
where
    S: Shape<Value: CacheValue>,
    K: Fn(&S::Value) -> bool,
    F: Future<Output = S::Answer>,
{
    let answer = match charter::<S>(miss) {
        Ok(mut lead) => return lead.fly::<S, K, F>(store_if, body).await,
        Err(value) => overlay::answer::<S>(&value),
    };
    match answer {
        Some(answer) => answer,
        None => Load::new(body, None).await,
    }
}

/// Waits as long as others are at it.
async fn wait<S: Shape<Value: CacheValue>>(mut miss: Box<Miss>) -> Task<S::Answer> {
    loop {
        let boarding;
        (miss, boarding) = match board::<S>(miss) {
            Ok(lead) => return Task::Lead(lead),
            Err(other) => other,
        };
        let core = &miss.core;
        let follow = match boarding {
            Boarding::Circle => return Task::Run,
            Boarding::Pending(value) => {
                return overlay::answer::<S>(&value)
                    .map_or(Task::Run, |answer| coalesced(core, answer));
            }
            Boarding::Stored => match core.late_answer::<S>(&miss) {
                Some(answer) => return coalesced(core, answer),
                None => continue,
            },
            Boarding::Old => match core.old_answer::<S>(&miss) {
                Some(answer) => return coalesced(core, answer),
                None => continue,
            },
            Boarding::Follow(follow) => follow,
        };
        // In a box, so that callers who need not wait have no room to keep for it.
        match Box::pin(follow.wait()).await {
            Waited::Landed(flight) => {
                let answer = flight.landed().and_then(Landed::answer::<S>);
                return answer.map_or(Task::Run, |answer| coalesced(core, answer));
            }
            // What the turn was for may have come in by another way, or an invalidation have come over it.
            Waited::Turn(lead)
                if core.has_answer::<S>(&miss)
                    || defended!(TurnCheck, !lead.flight.is_valid(), else false) => {}
            Waited::Turn(mut lead) => {
                lead.miss = Some(miss);
                return Task::Lead(lead);
            }
        }
    }
}

fn coalesced<A>(core: &Core, answer: A) -> Task<A> {
    core.shelf.counters.coalesced.increment();
    Task::Return(answer)
}
