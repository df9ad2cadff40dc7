//! The task that writes, and what it shares with those who hand it values.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, timeout_at},
};

use super::{
    backoff::Backoff,
    batch::Batch,
    queue::{Next, Queue},
    report::{Failures, Numbers},
    sink::Sink,
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) batch_size: usize,
    pub(super) max_delay: Duration,
    pub(super) attempts: u32,
    pub(super) attempt_timeout: Duration,
    pub(super) backoff: Backoff,
}

pub(super) struct Shared {
    /// Tells the values of several writers of one cache apart.
    pub(super) writer: u64,
    pub(super) options: Options,
    pub(super) sink: Sink,
    pub(super) queue: Queue,
    /// A permit for each key that may still be queued.
    pub(super) room: Semaphore,
    /// There is something new for the worker.
    pub(super) changed: Notify,
    pub(super) failures: Failures,
    pub(super) numbers: Numbers,
}

impl Shared {
    /// Nothing is accepted from now on.
    pub(super) fn close(&self) {
        self.queue.close();
        self.room.close();
        self.changed.notify_one();
    }

    /// Keys have left the queue for good.
    pub(super) fn make_room(&self, keys: usize) {
        Numbers::subtract(&self.numbers.pending, keys);
        self.room.add_permits(keys);
    }
}

/// Writes until it is closed and nothing is left.
pub(super) async fn run(shared: Arc<Shared>) {
    let end = End(shared);
    let shared = &end.0;
    let Options {
        batch_size,
        max_delay,
        ..
    } = shared.options;
    loop {
        match shared.queue.next(batch_size, max_delay, Instant::now()) {
            Next::Write(items) => Batch::new(shared, items).write().await,
            // Whoever waited may have gone.
            Next::Tell(mark) => drop(mark.send(())),
            Next::Wait { until: None } => shared.changed.notified().await,
            Next::Wait { until: Some(due) } => {
                // It is looked at again in either case.
                let _ = timeout_at(due, shared.changed.notified()).await;
            }
            Next::End => return,
        }
    }
}

/// The end of the worker, also where its runtime ends before it.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        let left = self.0.queue.end();
        self.0.room.close();
        drop(Batch::new(&self.0, left));
    }
}
