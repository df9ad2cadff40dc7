//! What surrounds a call on its thread: its mode, its transaction, and the loads that are being polled.

use std::{
    cell::{Cell, RefCell},
    future::Future,
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
    /// What is cached is taken; a load is the caller's own, and is not stored.
    Peek,
    /// Nothing is taken, and nothing is loaded.
    Nothing,
}

/// What a caller can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    None,
    Reload,
    Bypass,
    OnlyIfCached,
}

/// Whether the calls belong to a transaction, and how far that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Outside,
    /// It has changed nothing yet.
    Unchanged,
    /// What it has changed nobody else can see, and it sees itself what is in no cache.
    Changed,
}

/// What a call makes of the wish of its caller. A transaction may read from an older state of the source than the last
/// invalidation left, so from within it nothing is stored and no load is shared.
const fn mode_of(wish: Wish, phase: Phase) -> Mode {
    match (phase, wish) {
        (Phase::Outside, Wish::None) => Mode::Normal,
        (Phase::Outside, Wish::Reload) => Mode::Reload,
        (Phase::Unchanged, Wish::None) => Mode::Peek,
        (Phase::Outside | Phase::Unchanged, Wish::OnlyIfCached) => Mode::OnlyIfCached,
        (Phase::Changed, Wish::OnlyIfCached) => Mode::Nothing,
        (Phase::Unchanged, Wish::Reload) | (Phase::Changed, _) | (_, Wish::Bypass) => Mode::Bypass,
    }
}

/// A flight, as those who run its load and those who wait for it know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FlightId {
    cache: usize,
    number: u64,
}

impl FlightId {
    /// Of the flight with this number in the cache at this address.
    pub(crate) const fn new(cache: usize, number: u64) -> Self {
        Self { cache, number }
    }
}

thread_local! {
    /// What the two below come to: the only one that a hit reads.
    static MODE: Cell<Mode> = const { Cell::new(Mode::Normal) };
    static WISH: Cell<Wish> = const { Cell::new(Wish::None) };
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Outside) };
    static MISSED: Cell<bool> = const { Cell::new(false) };
    static LOADS: RefCell<Vec<FlightId>> = const { RefCell::new(Vec::new()) };
}

#[inline]
pub(crate) fn mode() -> Mode {
    MODE.with(Cell::get)
}

pub(crate) fn phase() -> Phase {
    PHASE.with(Cell::get)
}

pub(crate) fn set_phase(phase: Phase) {
    PHASE.with(|current| current.set(phase));
    let mode = mode_of(WISH.with(Cell::get), phase);
    MODE.with(|current| current.set(mode));
}

fn replace_wish(wish: Wish) -> Wish {
    let mode = mode_of(wish, phase());
    MODE.with(|current| current.set(mode));
    WISH.with(|current| current.replace(wish))
}

/// The flights whose loads are being polled on this thread, outermost first.
pub(crate) fn with_loads<R>(read: impl FnOnce(&[FlightId]) -> R) -> R {
    LOADS.with(|loads| read(&loads.borrow()))
}

/// Ends a call made under [`only_if_cached`]: the future that asked for it will not poll again.
pub(crate) fn miss_out<T>() -> Poll<T> {
    MISSED.with(|missed| missed.set(true));
    Poll::Pending
}

/// A wish that holds until the guard is dropped. The phase is left alone: it may change meanwhile.
struct Wishing(Wish);

impl Wishing {
    fn begin(wish: Wish) -> Self {
        Self(replace_wish(wish))
    }
}

impl Drop for Wishing {
    fn drop(&mut self) {
        replace_wish(self.0);
    }
}

/// Polls the body of a method as a load: what its caller wished is not for the calls that it makes. They belong to the same
/// transaction.
pub(crate) fn poll_load<F: Future>(
    body: Pin<&mut F>,
    flight: Option<FlightId>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    struct Leave;

    impl Drop for Leave {
        fn drop(&mut self) {
            LOADS.with(|loads| loads.borrow_mut().pop());
        }
    }

    let wished = WISH.with(Cell::get) != Wish::None;
    let _wish = wished.then(|| Wishing::begin(Wish::None));
    let _leave = flight.map(|flight| {
        LOADS.with(|loads| loads.borrow_mut().push(flight));
        Leave
    });
    body.poll(cx)
}

pin_project! {
    struct WithWish<F> {
        #[pin]
        call: F,
        wish: Wish,
    }
}

impl<F: Future> Future for WithWish<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _wish = Wishing::begin(*this.wish);
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
        let _wish = Wishing::begin(Wish::OnlyIfCached);
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
/// the body of a cached method are calls of their own and not affected. Inside of a [`transaction`](crate::transaction())
/// nothing is stored.
///
/// # Cancellation
///
/// As for the call itself: dropping the future drops the load, and nothing is stored.
pub fn reload<F: Future>(call: F) -> impl Future<Output = F::Output> {
    WithWish {
        call,
        wish: Wish::Reload,
    }
}

/// Runs the annotated calls made directly in `call` as if they had no attribute: nothing is looked up, nothing is
/// stored, as HTTP's `no-store` does. Mutators invalidate as always.
pub fn bypass<F: Future>(call: F) -> impl Future<Output = F::Output> {
    WithWish {
        call,
        wish: Wish::Bypass,
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
