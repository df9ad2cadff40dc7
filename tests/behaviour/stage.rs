//! What the tests play on: a service over a source that answers when it is told to.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use cached_runtime::{
    Cache, Caches, Lookup, ManualClock, Policy, Settings, cached, key, shape::Plain,
};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
};

/// Caches of their own for one test, on a clock that stands still.
pub(crate) fn caches() -> (Caches, ManualClock) {
    with_settings("rows", Settings::new())
}

pub(crate) fn with_settings(cache: &str, settings: Settings) -> (Caches, ManualClock) {
    let clock = ManualClock::default();
    let builder = Caches::builder()
        .clock(clock.clone())
        .settings(cache, settings);
    (builder.build().unwrap(), clock)
}

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) const TTL: Policy = Policy::new(Duration::from_mins(1));
pub(crate) const SWR: Policy = TTL.stale_while_revalidate(Duration::from_secs(30));
pub(crate) const SIE: Policy = TTL.stale_if_error(Duration::from_mins(5));
pub(crate) const AHEAD: Policy = TTL.refresh_ahead(80);

/// A source whose loads report that they have begun, and end when they are let go.
#[derive(Clone)]
pub(crate) struct Source {
    value: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    begun: mpsc::UnboundedSender<()>,
    go: Arc<Semaphore>,
}

pub(crate) struct Begun(mpsc::UnboundedReceiver<()>);

impl Begun {
    /// Waits until one more load has read the source.
    pub(crate) async fn next(&mut self) {
        self.0.recv().await.unwrap();
    }

    /// Whether a load has begun that nobody waited for.
    pub(crate) fn any_more(&mut self) -> bool {
        self.0.try_recv().is_ok()
    }
}

impl Source {
    pub(crate) fn new() -> (Self, Begun) {
        let (begun, receiver) = mpsc::unbounded_channel();
        let source = Self {
            value: Arc::default(),
            loads: Arc::default(),
            begun,
            go: Arc::new(Semaphore::new(0)),
        };
        (source, Begun(receiver))
    }

    pub(crate) fn set(&self, value: usize) {
        self.value.store(value, Ordering::SeqCst);
    }

    pub(crate) fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// Reads the value at once, and returns it when it is let go.
    pub(crate) async fn read(&self) -> usize {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let value = self.value.load(Ordering::SeqCst);
        self.begun.send(()).unwrap();
        self.go.acquire().await.unwrap().forget();
        value
    }

    /// Lets `n` loads return.
    pub(crate) fn let_go(&self, n: usize) {
        self.go.add_permits(n);
    }
}

/// A service with one cached method over such a source.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) caches: Caches,
    pub(crate) source: Source,
}

impl Rows {
    pub(crate) fn new(caches: &Caches) -> (Self, Begun) {
        let (source, begun) = Source::new();
        let caches = caches.clone();
        (Self { caches, source }, begun)
    }

    #[cached(key = "rows:user:<user>:status:<status>", ttl = "1m", caches = self.caches)]
    pub(crate) async fn row(&self, user: u64, status: &str) -> usize {
        self.source.read().await
    }

    pub(crate) fn spawn(&self, user: u64) -> JoinHandle<usize> {
        let this = self.clone();
        tokio::spawn(async move { this.row(user, "open").await })
    }
}

/// One row of a gated source, cached by hand under a policy.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) cache: Cache,
    pub(crate) clock: ManualClock,
    pub(crate) source: Source,
    policy: Policy,
}

impl Row {
    pub(crate) fn new(policy: Policy) -> (Self, Begun) {
        let (caches, clock) = caches();
        let (source, begun) = Source::new();
        let cache = caches.cache("rows");
        let row = Self {
            cache,
            clock,
            source,
            policy,
        };
        (row, begun)
    }

    pub(crate) fn look_up(&self) -> Lookup<Plain<usize>> {
        self.cache
            .look_up(Plain::new(), &key!("rows:1"), &self.policy)
    }

    pub(crate) async fn read(&self) -> usize {
        self.look_up().load(self.source.read()).await
    }

    pub(crate) async fn read_in_background(&self) -> usize {
        let source = self.source.clone();
        let load = async move { source.read().await };
        self.look_up().load_in_background(|_| true, load).await
    }

    pub(crate) fn spawn(&self) -> JoinHandle<usize> {
        let this = self.clone();
        tokio::spawn(async move { this.read().await })
    }

    /// Stores 0, lets time pass, and sets the source to 1.
    pub(crate) async fn age(&self, begun: &mut Begun, seconds: u64) {
        self.source.let_go(1);
        assert_eq!(self.read().await, 0);
        begun.next().await;
        self.clock.advance(Duration::from_secs(seconds));
        self.source.set(1);
    }
}

/// A load that returns `value` when it is let go, where each load has to be let go by itself.
pub(crate) fn gated<T: Send>(value: T) -> (impl Future<Output = T> + Send, Gate) {
    let (tell, begun) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let load = async move {
        tell.send(()).unwrap();
        gone.await.unwrap();
        value
    };
    (load, Gate { begun, go })
}

pub(crate) struct Gate {
    begun: oneshot::Receiver<()>,
    go: oneshot::Sender<()>,
}

impl Gate {
    /// Waits until the load has begun.
    pub(crate) async fn begun(&mut self) {
        (&mut self.begun).await.unwrap();
    }

    pub(crate) fn let_go(self) {
        self.go.send(()).unwrap();
    }
}

/// Polls a future once, and returns what it came to.
pub(crate) async fn poll_once<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}

/// Carries out something that does not wait.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// Lets every other task of a current-thread runtime run until it has to wait.
pub(crate) async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}
