//! The way of a miss: join the load of the key or lead it.
//!
//! It is written as polls, not as an `async fn`, so that the future of a cached method has little more to keep than its body.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::{
    board::{Boarding, board, charter},
    core::Core,
    flight::{Landed, Waited},
    lead::Lead,
    miss::Miss,
    overlay,
};
use crate::{
    context::{miss_out, poll_load},
    shape::Shape,
    sync::runtime,
    value::CacheValue,
};

/// What becomes of a call that found no answer.
pub(crate) enum Way {
    /// It must load.
    Load(Box<Miss>),
    /// The cache has no part in it.
    Bypass,
    /// The answer was only wanted if cached.
    Unwanted,
}

/// How far it has come on its way.
enum Stage {
    Missed(Box<Miss>),
    /// Others are at it. In a box, so that callers who need not wait have no room to keep for it.
    Waiting(Wait),
    Leading(Lead),
    /// The body is run for this caller alone.
    Running,
    /// There will be no answer.
    Unwanted,
}

/// What a caller is to do.
enum Task<A> {
    Return(A),
    /// Run the body, and let others know.
    Lead(Lead),
    /// Run the body for oneself.
    Run,
}

impl Way {
    fn begin(self) -> Stage {
        match self {
            Self::Load(miss) => Stage::Missed(miss),
            Self::Bypass => Stage::Running,
            Self::Unwanted => Stage::Unwanted,
        }
    }
}

pin_project! {
    /// A call that loads, or waits for the load of another one.
    pub(crate) struct Loading<S, K, F> {
        // Dropped first: whoever takes over begins when this one is gone.
        #[pin]
        body: F,
        stage: Stage,
        shape: S,
        store_if: K,
    }
}

impl<S, K, F> Loading<S, K, F> {
    pub(crate) fn new(way: Way, shape: S, store_if: K, body: F) -> Self {
        Self {
            body,
            stage: way.begin(),
            shape,
            store_if,
        }
    }
}

impl<S, K, F> Future for Loading<S, K, F>
where
    S: Shape<Value: CacheValue>,
    K: Fn(&S::Value) -> bool,
    F: Future<Output = S::Answer>,
{
    type Output = S::Answer;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Answer> {
        let this = self.project();
        if matches!(this.stage, Stage::Missed(_) | Stage::Waiting(_)) {
            *this.stage = match ready!(poll_task::<S>(this.stage, cx)) {
                Task::Return(answer) => return Poll::Ready(answer),
                Task::Lead(lead) => Stage::Leading(lead),
                Task::Run => Stage::Running,
            };
        }
        match this.stage {
            Stage::Leading(lead) => {
                lead.begin();
                let answer = ready!(poll_load(this.body, Some(lead.flight_id()), cx));
                let answer = lead.finish::<S, K>(answer, this.store_if);
                *this.stage = Stage::Running;
                Poll::Ready(answer)
            }
            Stage::Unwanted => miss_out(),
            _ => poll_load(this.body, None, cx),
        }
    }
}

/// The same with a body that can run in a task of its own: where there is an old answer to hand out, that is what it does,
/// and nobody waits for it. Without a Tokio runtime the caller runs it.
pub(crate) async fn load_in_background<S, K, F>(
    way: Way,
    shape: S,
    store_if: K,
    body: F,
) -> S::Answer
where
    S: Shape<Value: CacheValue, Answer: Send> + Send + 'static,
    K: Fn(&S::Value) -> bool + Send + Sync + 'static,
    F: Future<Output = S::Answer> + Send + 'static,
{
    let mut stage = way.begin();
    if matches!(&stage, Stage::Missed(miss) if !miss.reload) {
        let task = poll_fn(|cx| poll_task::<S>(&mut stage, cx)).await;
        stage = match task {
            Task::Return(answer) => return answer,
            Task::Lead(lead) => {
                let old = || lead.miss.core.old_answer::<S>(&lead.miss);
                if lead.miss.course.renews
                    && let Some(runtime) = runtime()
                    && let Some(old) = old()
                {
                    runtime.spawn(Loading {
                        body,
                        stage: Stage::Leading(lead),
                        shape,
                        store_if,
                    });
                    return old;
                }
                Stage::Leading(lead)
            }
            Task::Run => Stage::Running,
        };
    }
    let loading = Loading {
        body,
        stage,
        shape,
        store_if,
    };
    loading.await
}

/// Finds out what to do, which may take as long as others are at it. The stage is not to be asked for afterwards.
fn poll_task<S: Shape<Value: CacheValue>>(
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<Task<S::Answer>> {
    loop {
        let mut wait = match mem::replace(stage, Stage::Running) {
            Stage::Missed(miss) if miss.reload => return Poll::Ready(reload::<S>(miss)),
            Stage::Missed(miss) => match find_place::<S>(miss) {
                Ok(wait) => wait,
                Err(task) => return Poll::Ready(task),
            },
            Stage::Waiting(wait) => wait,
            Stage::Leading(_) | Stage::Running | Stage::Unwanted => return Poll::Ready(Task::Run),
        };
        let Poll::Ready((miss, waited)) = wait.as_mut().poll(cx) else {
            *stage = Stage::Waiting(wait);
            return Poll::Pending;
        };
        match waited {
            Waited::Landed(flight) => {
                let answer = flight.landed().and_then(Landed::answer::<S>);
                let answer = answer.map_or(Task::Run, |answer| coalesced(&miss.core, answer));
                return Poll::Ready(answer);
            }
            // What the turn was for may have come in by another way, or an invalidation have come over it.
            Waited::Turn(turn)
                if miss.core.has_answer::<S>(&miss)
                    || defended!(TurnCheck, !turn.is_valid(), else false) =>
            {
                *stage = Stage::Missed(miss);
            }
            Waited::Turn(turn) => return Poll::Ready(Task::Lead(Lead::in_turn(miss, turn))),
        }
    }
}

type Wait = Pin<Box<dyn Future<Output = (Box<Miss>, Waited)> + Send>>;

/// Finds a place on a flight: something to wait for, or something to do.
fn find_place<S: Shape<Value: CacheValue>>(mut miss: Box<Miss>) -> Result<Wait, Task<S::Answer>> {
    loop {
        let boarding;
        (miss, boarding) = match board::<S>(miss) {
            Ok(lead) => return Err(Task::Lead(lead)),
            Err(other) => other,
        };
        let core = &miss.core;
        let answer = match boarding {
            Boarding::Circle => return Err(Task::Run),
            Boarding::Pending(value) => match overlay::answer::<S>(&value) {
                Some(answer) => Some(answer),
                None => return Err(Task::Run),
            },
            Boarding::Stored => core.late_answer::<S>(&miss),
            Boarding::Old => core.old_answer::<S>(&miss),
            Boarding::Follow(follow) => {
                return Ok(Box::pin(async move {
                    let waited = follow.wait().await;
                    (miss, waited)
                }));
            }
        };
        // What lay there a moment ago may be gone.
        if let Some(answer) = answer {
            return Err(coalesced(core, answer));
        }
    }
}

/// The body is to run, and its answer to be stored in place of the one that is there. Only what the source does not have yet is
/// not loaded anew: the body would bring something older.
fn reload<S: Shape<Value: CacheValue>>(miss: Box<Miss>) -> Task<S::Answer> {
    match charter::<S>(miss) {
        Ok(lead) => Task::Lead(lead),
        Err(value) => overlay::answer::<S>(&value).map_or(Task::Run, Task::Return),
    }
}

fn coalesced<A>(core: &Core, answer: A) -> Task<A> {
    core.shelf.counters.coalesced.increment();
    Task::Return(answer)
}
