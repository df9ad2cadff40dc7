//! The turns of those who wait for a flight: each may lead it, until it has landed.
//!
//! Wakers are code of the user's, so they are cloned, woken and dropped outside of the lock; woken and dropped behind a barrier,
//! since a panic there would hit whoever happens to end the wait, and leave the others asleep.

use std::{
    collections::BTreeMap,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::critical::{Critical, lock, quietly};
use crate::sync::Mutex;

#[derive(Default)]
pub(super) struct Turns {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// Turns that nobody has taken yet.
    free: usize,
    over: bool,
    /// Those who wait, in the order in which they came. Whoever is woken stays until he has looked himself.
    waiting: BTreeMap<u64, Arc<Waker>>,
    next: u64,
}

impl Queue {
    fn first(&self) -> Vec<Arc<Waker>> {
        self.waiting.values().take(self.free).cloned().collect()
    }
}

impl Turns {
    /// Gives `n` of those who wait, or come to wait, a turn each.
    pub(super) fn give(&self, n: usize) {
        let woken = {
            let mut queue = self.queue();
            queue.free += n;
            queue.first()
        };
        wake(woken);
    }

    /// Ends all waiting, now and for ever.
    pub(super) fn end(&self) {
        let waiting = {
            let mut queue = self.queue();
            queue.over = true;
            mem::take(&mut queue.waiting)
        };
        wake(waiting.into_values());
    }

    /// Waits for a turn: `true`, or for the end: `false`.
    pub(super) const fn wait(&self) -> Waiting<'_> {
        Waiting {
            turns: self,
            place: None,
        }
    }

    fn queue(&self) -> Critical<'_, Queue> {
        lock(&self.queue)
    }
}

fn wake(wakers: impl IntoIterator<Item = Arc<Waker>>) {
    for waker in wakers {
        quietly("a waiting task panicked when it was woken", move || {
            waker.wake_by_ref();
        });
    }
}

/// A panic here would take a turn along that was just taken.
fn let_go(wakers: impl IntoIterator<Item = Arc<Waker>>) {
    for waker in wakers {
        quietly("a waker panicked when it was dropped", move || drop(waker));
    }
}

pub(super) struct Waiting<'a> {
    turns: &'a Turns,
    place: Option<u64>,
}

impl Future for Waiting<'_> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let mut waker = Some(Arc::new(cx.waker().clone()));
        let (outcome, before) = {
            let mut queue = self.turns.queue();
            if queue.over {
                self.place = None;
                (Poll::Ready(false), None)
            } else if queue.free > 0 {
                queue.free -= 1;
                let before = self.place.take().and_then(|at| queue.waiting.remove(&at));
                (Poll::Ready(true), before)
            } else {
                let place = *self.place.get_or_insert(queue.next);
                queue.next = queue.next.max(place + 1);
                let before = waker
                    .take()
                    .and_then(|waker| queue.waiting.insert(place, waker));
                (Poll::Pending, before)
            }
        };
        let_go(before.into_iter().chain(waker));
        outcome
    }
}

impl Drop for Waiting<'_> {
    /// A turn that was meant for this one goes to the next.
    fn drop(&mut self) {
        let Some(place) = self.place else {
            return;
        };
        let (gone, woken) = {
            let mut queue = self.turns.queue();
            (queue.waiting.remove(&place), queue.first())
        };
        defended!(TurnPassedOn, wake(woken), else drop(woken));
        let_go(gone);
    }
}
