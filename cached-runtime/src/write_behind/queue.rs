//! The keys that wait to be written, first come first served, and those who wait for that.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use cached_key::Key;
use tokio::{sync::oneshot, time::Instant};

use crate::{
    cache::{Core, Critical, State, lock},
    sync::Mutex,
};

/// A key whose value waits in the overlay of its cache.
pub(super) struct Item {
    pub(super) core: Arc<Core>,
    pub(super) key: Key,
    pub(super) digest: u64,
    pub(super) since: Instant,
}

enum Place {
    Key(Item),
    /// Told when everything before it is done.
    Mark(oneshot::Sender<()>),
}

/// What the worker is to do.
pub(super) enum Next {
    Write(Vec<Item>),
    Tell(oneshot::Sender<()>),
    Wait { until: Option<Instant> },
    End,
}

/// What became of a key that wants to be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has a place now, whatever was there before.
    Accepted {
        was: State,
        /// Whether the worker must look: the queue has begun to fill, or a batch is full.
        news: bool,
    },
    NoRoom,
    Closed,
}

#[derive(Default)]
pub(super) struct Queue(Mutex<Line>);

#[derive(Default)]
struct Line {
    places: VecDeque<Place>,
    keys: usize,
    marks: usize,
    closed: bool,
    ended: bool,
}

impl Queue {
    fn line(&self) -> Critical<'_, Line> {
        lock(&self.0)
    }

    /// Gives a key a place, unless it has one. Called under the lock of the key's stripe, so that what is queued and what
    /// readers see cannot part.
    pub(super) fn push(
        &self,
        was: State,
        may_be_new: bool,
        batch_size: usize,
        item: impl FnOnce() -> Item,
    ) -> Verdict {
        let mut line = self.line();
        if line.closed {
            return Verdict::Closed;
        }
        if was == State::New && !may_be_new {
            return Verdict::NoRoom;
        }
        if was == State::Queued {
            return Verdict::Accepted { was, news: false };
        }
        line.places.push_back(Place::Key(item()));
        line.keys += 1;
        let news = line.keys == 1 || line.keys >= batch_size;
        Verdict::Accepted { was, news }
    }

    /// A place behind all that is there; `None` once nobody writes any more.
    pub(super) fn mark(&self) -> Option<oneshot::Receiver<()>> {
        let (sender, receiver) = oneshot::channel();
        let mut line = self.line();
        if line.ended {
            return None;
        }
        line.places.push_back(Place::Mark(sender));
        line.marks += 1;
        Some(receiver)
    }

    /// Nothing is accepted any more; what is there is still written.
    pub(super) fn close(&self) {
        self.line().closed = true;
    }

    /// Nobody writes any more: returns the keys that are left.
    pub(super) fn end(&self) -> Vec<Item> {
        let places = {
            let mut line = self.line();
            line.closed = true;
            line.ended = true;
            line.keys = 0;
            line.marks = 0;
            std::mem::take(&mut line.places)
        };
        // Marks are dropped here, which tells those who wait.
        let keys = places.into_iter().filter_map(|place| match place {
            Place::Key(item) => Some(item),
            Place::Mark(_) => None,
        });
        keys.collect()
    }

    /// A batch that is not full waits for more until its first key has waited for `max_delay`, or somebody waits for it.
    pub(super) fn next(&self, batch_size: usize, max_delay: Duration, now: Instant) -> Next {
        let mut line = self.line();
        let first = match line.places.pop_front() {
            Some(Place::Key(item)) => item,
            Some(Place::Mark(mark)) => {
                line.marks -= 1;
                return Next::Tell(mark);
            }
            None if line.closed => return Next::End,
            None => return Next::Wait { until: None },
        };
        let due = first.since.checked_add(max_delay);
        let ready = line.keys >= batch_size || line.marks > 0 || line.closed;
        if !ready && due.is_none_or(|due| due > now) {
            line.places.push_front(Place::Key(first));
            return Next::Wait { until: due };
        }
        let mut batch = vec![first];
        // Up to the first mark: what comes behind it need not be done for it.
        while batch.len() < batch_size
            && let Some(Place::Key(item)) = line
                .places
                .pop_front_if(|place| matches!(place, Place::Key(_)))
        {
            batch.push(item);
        }
        line.keys -= batch.len();
        Next::Write(batch)
    }
}
