//! A service over a source of versions, whose calls note in a history what they did.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use cached_runtime::{Caches, Clock, Key, cached, invalidates, key, policy, reload};
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

/// Stands still, and lets others go on whenever somebody looks at it.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Duration {
        stop(Point::Clock);
        Duration::ZERO
    }
}

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
}

pub(crate) struct Service {
    pub(crate) caches: Caches,
    version: Cell<u64>,
    loads: Cell<usize>,
    pub(crate) history: RefCell<History>,
}

pub(crate) fn caches() -> Caches {
    Caches::builder().clock(Standing).build().unwrap()
}

impl Service {
    pub(crate) fn new(caches: &Caches) -> Rc<Self> {
        Rc::new(Self {
            caches: caches.clone(),
            version: Cell::new(0),
            loads: Cell::new(0),
            history: RefCell::default(),
        })
    }

    /// The row that all this is about.
    pub(crate) fn key() -> Key {
        key!("rows:user:1:status:open")
    }

    pub(crate) fn version(&self) -> u64 {
        self.version.get()
    }

    pub(crate) fn loads(&self) -> usize {
        self.loads.get()
    }

    pub(crate) fn change(&self) {
        let start = tick();
        self.version.set(self.version() + 1);
        self.history.borrow_mut().changes.push(Change {
            row: Self::key().as_str().to_owned(),
            version: self.version(),
            span: Span { start, end: tick() },
        });
    }

    async fn read_source(&self, fails: bool) -> Result<Row, Failure> {
        let began = tick();
        self.loads.set(self.loads() + 1);
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

    /// Calls, and notes the read if there was an answer.
    pub(crate) async fn ask(&self, call: Call) {
        let start = tick();
        let answer = match call {
            Call::Method => self.row(1, "open", false).await.ok(),
            Call::Failing => self.row(1, "open", true).await.ok(),
            Call::Reload => Box::pin(self.row(1, "open", false)).reloaded().await.ok(),
            Call::ByHand => {
                let rows = self.caches.cache("rows");
                let load = self.read_source(false);
                rows.get_or_load(&Self::key(), &policy::RATE_LIMIT, load)
                    .await
                    .ok()
            }
            Call::Get => self.caches.cache("rows").get::<Row>(&Self::key()),
            Call::Pair => self.pair(1).await.ok(),
        };
        let Some(row) = answer else { return };
        let key = match call {
            Call::Pair => "pairs:user:1".to_owned(),
            _ => Self::key().as_str().to_owned(),
        };
        self.history.borrow_mut().reads.push(Read {
            key,
            span: Span { start, end: tick() },
            began: row.began,
            saw: vec![(Self::key().as_str().to_owned(), row.version)],
        });
    }

    /// Leaves nothing in the caches, for the next run. Making new ones would take longer than all the rest.
    pub(crate) fn clean_up(&self) {
        now(self.caches.clear());
        // Reclaims what was cleared.
        self.caches.stats();
    }

    /// Stores something under another key.
    pub(crate) fn store(&self, key: &str) {
        let row = Row {
            version: 0,
            began: tick(),
        };
        let key = Key::parse(key).unwrap();
        let cache = self.caches.cache(key.cache());
        cache.insert(&key, row, &policy::RATE_LIMIT);
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
