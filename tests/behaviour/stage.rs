//! What the tests play on: a service over a source that answers when it is told to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cached_runtime::{Caches, ManualClock, Settings, cached};
use tokio::{
    sync::{Semaphore, mpsc},
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

/// Lets every other task of a current-thread runtime run until it has to wait.
pub(crate) async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}
