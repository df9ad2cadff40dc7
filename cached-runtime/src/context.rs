//! What surrounds a call on its thread: its mode, and the loads that are being polled.

use std::{
    cell::{Cell, RefCell},
    future::{Future, pending},
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use crate::sync::thread_local;

/// How one call treats the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Normal,
    Reload,
    Bypass,
    OnlyIfCached,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Normal) };
    static MISSED: Cell<bool> = const { Cell::new(false) };
    static LOADS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

#[inline]
pub(crate) fn mode() -> Mode {
    MODE.with(Cell::get)
}

/// The flights whose loads are being polled on this thread, outermost first.
pub(crate) fn with_loads<R>(read: impl FnOnce(&[u64]) -> R) -> R {
    LOADS.with(|loads| read(&loads.borrow()))
}

/// Ends a call made under [`only_if_cached`]: the future that asked for it will not poll again.
pub(crate) async fn missed<T>() -> T {
    MISSED.with(|missed| missed.set(true));
    pending().await
}

struct Restore(Mode);

impl Restore {
    fn after(mode: Mode) -> Self {
        Self(MODE.with(|current| current.replace(mode)))
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        MODE.with(|mode| mode.set(self.0));
    }
}

pin_project! {
    /// The body of a method, polled as a load: calls that it makes have modes of their own.
    pub(crate) struct Load<F> {
        #[pin]
        body: F,
        flight: Option<u64>,
    }
}

impl<F> Load<F> {
    pub(crate) const fn new(body: F, flight: Option<u64>) -> Self {
        Self { body, flight }
    }
}

impl<F: Future> Future for Load<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        struct Leave;

        impl Drop for Leave {
            fn drop(&mut self) {
                LOADS.with(|loads| loads.borrow_mut().pop());
            }
        }

        let this = self.project();
        let _mode = Restore::after(Mode::Normal);
        let _leave = this.flight.map(|flight| {
            LOADS.with(|loads| loads.borrow_mut().push(flight));
            Leave
        });
        this.body.poll(cx)
    }
}

pin_project! {
    struct InMode<F> {
        #[pin]
        call: F,
        mode: Mode,
    }
}

impl<F: Future> Future for InMode<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _mode = Restore::after(*this.mode);
        this.call.poll(cx)
    }
}

pin_project! {
    struct OnlyIfCached<F> {
        #[pin]
        call: F,
    }
}

impl<F: Future> Future for OnlyIfCached<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        struct Outer(bool);

        impl Drop for Outer {
            fn drop(&mut self) {
                MISSED.with(|missed| missed.set(self.0));
            }
        }

        let this = self.project();
        let _mode = Restore::after(Mode::OnlyIfCached);
        let _outer = Outer(MISSED.with(|missed| missed.replace(false)));
        match this.call.poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if MISSED.with(Cell::get) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Runs the annotated calls made directly in `call` anew and stores what they return, as HTTP's `no-cache` does.
///
/// The load starts now: it joins no load that is under way. If it fails, the entry that was there stays. Calls made in
/// the body of a cached method are calls of their own and not affected.
///
/// # Cancellation
///
/// As for the call itself: dropping the future drops the load, and nothing is stored.
pub fn reload<F: Future>(call: F) -> impl Future<Output = F::Output> {
    InMode {
        call,
        mode: Mode::Reload,
    }
}

/// Runs the annotated calls made directly in `call` as if they had no attribute: nothing is looked up, nothing is
/// stored, as HTTP's `no-store` does. Mutators invalidate as always.
pub fn bypass<F: Future>(call: F) -> impl Future<Output = F::Output> {
    InMode {
        call,
        mode: Mode::Bypass,
    }
}

/// The answer of `call` if it is cached, else `None`, without running it, as HTTP's `only-if-cached` does.
///
/// ```
/// # use cached_runtime::{cached, only_if_cached};
/// #[cached(key = "squares:<n>", ttl = "1m")]
/// async fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(only_if_cached(square(12)).await, None);
/// assert_eq!(square(12).await, 144);
/// assert_eq!(only_if_cached(square(12)).await, Some(144));
/// # });
/// ```
pub fn only_if_cached<F: Future>(call: F) -> impl Future<Output = Option<F::Output>> {
    OnlyIfCached { call }
}
