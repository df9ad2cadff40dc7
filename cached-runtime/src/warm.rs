//! Filling caches before they are asked: many calls, a few at a time, in the caller's task.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use slab::Slab;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::caches::Caches;

impl Caches {
    /// Makes calls of cached methods ahead of need, up to `at_once` at a time (0 counts as 1), and returns their answers
    /// in the order of the calls, errors included.
    ///
    /// The calls run in the caller's task and may borrow from it. The next one is taken from the iterator when there is
    /// room for it. A call whose answer is cached already hits; wrapped in [`reload`](crate::reload) it loads anew.
    ///
    /// While the caches are off there is nothing to warm: no call is made, and the answer is empty. They are asked once,
    /// at the beginning.
    ///
    /// ```
    /// # use cached_runtime::{Caches, cached};
    /// #[cached(key = "squares:<n>", ttl = "1h")]
    /// async fn square(n: u64) -> Result<u64, std::num::TryFromIntError> {
    ///     Ok(n * n)
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let squares = Caches::global().warm(8, (1..=100).map(square)).await;
    /// assert_eq!(squares.len(), 100);
    /// for failed in squares.iter().filter_map(|square| square.as_ref().err()) {
    ///     eprintln!("not warmed: {failed}");
    /// }
    /// # });
    /// ```
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops the calls that are under way; what was loaded before stays cached. A call that panics
    /// does the same to the others, and the panic goes on to the caller.
    pub async fn warm<F: Future>(
        &self,
        at_once: usize,
        calls: impl IntoIterator<Item = F>,
    ) -> Vec<F::Output> {
        if !self.is_enabled() {
            return Vec::new();
        }
        let mut calls = calls.into_iter().fuse();
        let mut running = Running::new(at_once.max(1));
        poll_fn(|cx| running.poll(&mut calls, cx)).await;
        running.answers.into_iter().flatten().collect()
    }
}

/// The calls under way. Each is polled only when it was woken.
struct Running<F: Future> {
    at_once: usize,
    calls: Slab<Call<F>>,
    woken: UnboundedReceiver<usize>,
    wake: UnboundedSender<usize>,
    /// In the order of the calls; `None` for those under way.
    answers: Vec<Option<F::Output>>,
}

struct Call<F> {
    future: Pin<Box<F>>,
    number: usize,
    bell: Arc<Bell>,
}

/// Wakes the task for one call.
struct Bell {
    at: usize,
    rung: AtomicBool,
    wake: UnboundedSender<usize>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // Nobody is there to be told once the calls have been dropped.
            let _ = self.wake.send(self.at);
        }
    }
}

impl<F: Future> Running<F> {
    fn new(at_once: usize) -> Self {
        let (wake, woken) = unbounded_channel();
        Self {
            at_once,
            calls: Slab::new(),
            woken,
            wake,
            answers: Vec::new(),
        }
    }

    /// Goes on until all calls have answered.
    fn poll(&mut self, calls: &mut impl Iterator<Item = F>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            while self.calls.len() < self.at_once
                && let Some(future) = calls.next()
            {
                self.begin(future);
            }
            if self.calls.is_empty() {
                return Poll::Ready(());
            }
            // Every poll of a call goes through here, so that the runtime's budget holds for all together.
            match self.woken.poll_recv(cx) {
                Poll::Ready(Some(at)) => self.advance(at),
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn begin(&mut self, future: F) {
        let vacant = self.calls.vacant_entry();
        let bell = Arc::new(Bell {
            at: vacant.key(),
            rung: AtomicBool::new(false),
            wake: self.wake.clone(),
        });
        bell.wake_by_ref();
        vacant.insert(Call {
            future: Box::pin(future),
            number: self.answers.len(),
            bell,
        });
        self.answers.push(None);
    }

    fn advance(&mut self, at: usize) {
        // One that has answered may be woken late, and another be in its place; to that it is a poll too many.
        let Some(call) = self.calls.get_mut(at) else {
            return;
        };
        // Reads what whoever rang has written before, also where the bell had been rung already.
        call.bell.rung.swap(false, Ordering::AcqRel);
        let waker = Waker::from(Arc::clone(&call.bell));
        if let Poll::Ready(answer) = call.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            if let Some(place) = self.answers.get_mut(call.number) {
                *place = Some(answer);
            }
            self.calls.remove(at);
        }
    }
}
