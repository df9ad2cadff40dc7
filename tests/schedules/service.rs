//! A service over a source of versions, whose calls note in a history what they did.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use cached_runtime::{
    Caches, Clock, Key, LoadTimeout, ManualClock, Policy, cached, invalidates, key, policy, reload,
    shape::{Alone, Fallible},
    updates,
};
use cached_tests::{Change, History, Read, Span};

use crate::play::{Point, now, pause, stop, tick};

/// An answer: the version of the row, and when its load began.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) version: u64,
    pub(crate) began: u64,
}

impl Clone for Row {
    fn clone(&self) -> Self {
        stop(Point::Clone);
        Self { ..*self }
    }
}

/// An error that is for one caller only, so that those who waited try for themselves.
#[derive(Debug)]
pub(crate) struct Failure;

impl From<LoadTimeout> for Failure {
    fn from(_: LoadTimeout) -> Self {
        Self
    }
}

/// Lets others go on whenever somebody looks at it.
struct Watched(ManualClock);

impl Clock for Watched {
    fn now(&self) -> Duration {
        stop(Point::Clock);
        self.0.now()
    }
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Answers that are good for something past their time: from 30 s on they are loaded ahead, from 60 s on handed out while
/// somebody loads them anew, from 120 s on where the load fails.
pub(crate) const LATE: Policy = Policy::new(seconds(60))
    .refresh_ahead(50)
    .stale_while_revalidate(seconds(60))
    .stale_if_error(seconds(600));

/// After this, a load that is to be in time is given up.
pub(crate) const DEADLINE: Duration = seconds(1);

/// How a mutator ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Ok,
    Err,
    Panic,
}

/// How a caller asks for the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A cached method.
    Method,
    /// A cached method whose load fails.
    Failing,
    /// A cached method under `reload`.
    Reload,
    /// `Cache::get_or_load`, with the same load.
    ByHand,
    /// `Cache::get`.
    Get,
    /// A cached method that calls the cached method.
    Pair,
    /// By hand, with answers that have a late life.
    Late,
    /// The same with a load that fails.
    LateFailing,
    /// The same in the background.
    Background,
    /// By hand, with a tag.
    Tagged,
    /// The same under `reload`.
    TaggedReload,
    /// A cached method whose load is given up when time passes.
    TimedOut,
}

pub(crate) struct Service {
    pub(crate) caches: Caches,
    clock: ManualClock,
    version: AtomicU64,
    loads: AtomicUsize,
    history: Mutex<History>,
}

/// Caches and their clock.
pub(crate) fn caches() -> (Caches, ManualClock) {
    let clock = ManualClock::default();
    let caches = Caches::builder().clock(Watched(clock.clone()));
    (caches.build().unwrap(), clock)
}

impl Service {
    pub(crate) fn new((caches, clock): &(Caches, ManualClock)) -> Arc<Self> {
        Arc::new(Self {
            caches: caches.clone(),
            clock: clock.clone(),
            version: AtomicU64::new(0),
            loads: AtomicUsize::new(0),
            history: Mutex::default(),
        })
    }

    /// The row that all this is about.
    pub(crate) fn key() -> Key {
        key!("rows:user:1:status:open")
    }

    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::SeqCst)
    }

    pub(crate) fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap()
    }

    pub(crate) fn change(&self) -> u64 {
        let start = tick();
        let version = self.version.fetch_add(1, Ordering::SeqCst) + 1;
        self.history().changes.push(Change {
            row: Self::key().as_str().to_owned(),
            version,
            span: Span { start, end: tick() },
        });
        version
    }

    async fn read_source(&self, fails: bool) -> Result<Row, Failure> {
        let began = tick();
        self.loads.fetch_add(1, Ordering::SeqCst);
        pause().await;
        let version = self.version();
        pause().await;
        if fails {
            return Err(Failure);
        }
        Ok(Row { version, began })
    }

    #[cached(key = "rows:user:<user>:status:<status>", ttl = "1m", skip(fails), store_if = stop_at_commit,
        caches = self.caches)]
    async fn row(&self, user: u64, status: &str, fails: bool) -> Result<Row, Failure> {
        self.read_source(fails).await
    }

    #[cached(key = "rows:user:<user>:status:<status>", ttl = "1m", timeout = "1s", store_if = stop_at_commit,
        caches = self.caches)]
    async fn row_in_time(&self, user: u64, status: &str) -> Result<Row, Failure> {
        self.read_source(false).await
    }

    #[cached(key = "pairs:user:<user>", ttl = "1m", store_if = stop_at_commit, caches = self.caches)]
    async fn pair(&self, user: u64) -> Result<Row, Failure> {
        let began = tick();
        pause().await;
        let version = self.row(user, "open", false).await?.version;
        pause().await;
        Ok(Row { version, began })
    }

    #[invalidates("rows:user:<user>*", "pairs:user:<user>", caches = self.caches)]
    pub(crate) async fn write(&self, user: u64, end: End) -> Result<(), Failure> {
        self.change();
        pause().await;
        match end {
            End::Ok => Ok(()),
            End::Err => Err(Failure),
            // Without a word from the hook for panics.
            End::Panic => std::panic::resume_unwind(Box::new(())),
        }
    }

    #[updates(key = "rows:user:<user>:status:<status>", ttl = "1m", caches = self.caches)]
    #[invalidates("pairs:user:<user>", caches = self.caches)]
    pub(crate) async fn update(&self, user: u64, status: &str, end: End) -> Result<Row, Failure> {
        let version = self.change();
        pause().await;
        let began = tick();
        match end {
            End::Ok => Ok(Row { version, began }),
            End::Err => Err(Failure),
            End::Panic => std::panic::resume_unwind(Box::new(())),
        }
    }

    /// Of a transaction that changes the row later.
    #[invalidates("rows:user:<user>*", "pairs:user:<user>", caches = self.caches)]
    pub(crate) async fn announce(&self, user: u64) {
        pause().await;
    }

    /// Reads what a transaction sees that is not committed.
    pub(crate) async fn read_dirty(&self) {
        let row = Row {
            version: u64::MAX,
            began: tick(),
        };
        let rows = self.caches.cache("rows");
        let load = async {
            pause().await;
            Ok::<_, Failure>(row)
        };
        let key = Self::key();
        let answer = rows.get_or_load(&key, &policy::RATE_LIMIT, load).await;
        assert_eq!(answer.unwrap().version, u64::MAX);
    }

    /// Calls, and notes the read if there was an answer.
    pub(crate) async fn ask(self: Arc<Self>, call: Call) {
        let start = tick();
        let answer = match call {
            Call::Method => self.row(1, "open", false).await.ok(),
            Call::Failing => self.row(1, "open", true).await.ok(),
            Call::Reload => Box::pin(self.row(1, "open", false)).reloaded().await.ok(),
            Call::TimedOut => self.row_in_time(1, "open").await.ok(),
            Call::Get => self.caches.cache("rows").get::<Row>(&Self::key()),
            Call::Pair => self.pair(1).await.ok(),
            Call::TaggedReload => Box::pin(self.by_hand(Call::Tagged)).reloaded().await.ok(),
            _ => self.by_hand(call).await.ok(),
        };
        let Some(row) = answer else { return };
        let key = match call {
            Call::Pair => "pairs:user:1".to_owned(),
            _ => Self::key().as_str().to_owned(),
        };
        self.history().reads.push(Read {
            key,
            span: Span { start, end: tick() },
            began: row.began,
            saw: vec![(Self::key().as_str().to_owned(), row.version)],
        });
    }

    async fn by_hand(self: &Arc<Self>, call: Call) -> Result<Row, Failure> {
        let policy = match call {
            Call::Late | Call::LateFailing | Call::Background => &LATE,
            _ => &policy::RATE_LIMIT,
        };
        let shape = Fallible::<Row, Failure, Alone>::new();
        let lookup = (self.caches.cache("rows")).look_up(shape, &Self::key(), policy);
        let load = self.read_source(call == Call::LateFailing);
        match call {
            Call::Background => {
                let this = Arc::clone(self);
                let load = async move { this.read_source(false).await };
                lookup.load_in_background(stop_at_commit, load).await
            }
            Call::Tagged => {
                let lookup = lookup.tagged(key!("tenant:7"));
                lookup.load_if(stop_at_commit, load).await
            }
            _ => lookup.load_if(stop_at_commit, load).await,
        }
    }

    /// Stores something of this age under a key.
    pub(crate) fn store(&self, key: &str, policy: &Policy, age: u64) {
        let row = Row {
            version: 0,
            began: tick(),
        };
        let key = Key::parse(key).unwrap();
        self.caches.cache(key.cache()).insert(&key, row, policy);
        self.clock.advance(seconds(age));
    }

    /// Stores something that has the tag under a key.
    pub(crate) fn store_tagged(&self, key: &str) {
        let row = Row {
            version: 0,
            began: tick(),
        };
        let shape = Fallible::<Row, Failure, Alone>::new();
        let key = Key::parse(key).unwrap();
        let lookup = (self.caches.cache("rows")).look_up(shape, &key, &policy::STATIC);
        now(lookup.tagged(key!("tenant:7")).load(async { Ok(row) })).unwrap();
    }

    /// Leaves nothing in the caches, for the next run. Making new ones would take longer than all the rest.
    pub(crate) fn clean_up(&self) {
        now(self.caches.clear());
        // Reclaims what was cleared.
        self.caches.stats();
    }
}

fn stop_at_commit(_: &Row) -> bool {
    stop(Point::Commit);
    true
}

trait Reloaded: Future + Unpin + Sized {
    /// Polls under `reload` as long as the mode is looked at, which is in the first poll. Later polls are interrupted by
    /// other actors on the same thread, who must not find themselves in this one's mode.
    async fn reloaded(mut self) -> Self::Output {
        let first =
            std::future::poll_fn(|cx: &mut Context<'_>| Poll::Ready(Pin::new(&mut self).poll(cx)));
        match reload(first).await {
            Poll::Ready(output) => output,
            Poll::Pending => self.await,
        }
    }
}

impl<F: Future + Unpin> Reloaded for F {}
