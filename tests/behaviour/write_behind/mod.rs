//! `WriteBehind`: readers see a value at once, the source gets it behind.

mod dropped;
mod failing;
mod log;
mod pending;
mod queue;
mod racing;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cached_runtime::{
    Caches, Key, Policy, WriteBehind, cached, key,
    write_behind::{Builder, WriteError},
};
use tokio::sync::Semaphore;

const KEEP: Policy = Policy::new(Duration::from_mins(1));

pub(crate) const fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A source that notes what is written to it.
pub(crate) struct Source {
    rows: Mutex<HashMap<Key, u64>>,
    batches: Mutex<Vec<Vec<(Key, u64)>>>,
    loads: AtomicUsize,
    attempts: AtomicUsize,
    /// Attempts that are still to fail.
    failing: AtomicUsize,
    /// A permit for each attempt that may go on.
    gate: Semaphore,
}

impl Source {
    fn open() -> Arc<Self> {
        Self::with_permits(Semaphore::MAX_PERMITS / 2)
    }

    /// Nothing is written before it is let through.
    fn gated() -> Arc<Self> {
        Self::with_permits(0)
    }

    fn with_permits(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            rows: Mutex::default(),
            batches: Mutex::default(),
            loads: AtomicUsize::new(0),
            attempts: AtomicUsize::new(0),
            failing: AtomicUsize::new(0),
            gate: Semaphore::new(permits),
        })
    }

    async fn write(&self, batch: Vec<(Key, u64)>) -> Result<(), &'static str> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        let fails = |left: usize| left.checked_sub(1);
        let failing = &self.failing;
        if failing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails)
            .is_ok()
        {
            return Err("the source is down");
        }
        self.rows.lock().unwrap().extend(batch.iter().cloned());
        self.batches.lock().unwrap().push(batch);
        Ok(())
    }

    fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    fn fail(&self, attempts: usize) {
        self.failing.store(attempts, Ordering::SeqCst);
    }

    fn set(&self, id: u64, value: u64) {
        self.rows.lock().unwrap().insert(row(id), value);
    }

    fn get(&self, id: u64) -> Option<u64> {
        self.rows.lock().unwrap().get(&row(id)).copied()
    }

    /// What was written, batch by batch.
    fn batches(&self) -> Vec<Vec<(Key, u64)>> {
        self.batches.lock().unwrap().clone()
    }
}

pub(crate) fn row(id: u64) -> Key {
    key!("rows:<id>")
}

/// A service with one cached method over such a source.
#[derive(Clone)]
struct Rows {
    caches: Caches,
    source: Arc<Source>,
}

impl Rows {
    fn new(caches: &Caches, source: &Arc<Source>) -> Self {
        Self {
            caches: caches.clone(),
            source: Arc::clone(source),
        }
    }

    #[cached(key = "rows:<id>", ttl = "1m", caches = self.caches)]
    async fn row(&self, id: u64) -> u64 {
        self.source.loads.fetch_add(1, Ordering::SeqCst);
        self.source.get(id).unwrap_or(0)
    }

    fn writer(&self) -> Builder<u64> {
        let source = Arc::clone(&self.source);
        WriteBehind::builder(&self.caches, KEEP, move |batch| {
            let source = Arc::clone(&source);
            async move { source.write(batch).await }
        })
    }
}

async fn write_all(
    behind: &WriteBehind<u64>,
    rows: impl IntoIterator<Item = (u64, u64)>,
) -> Result<(), WriteError> {
    for (id, value) in rows {
        behind.write(&row(id), value).await?;
    }
    Ok(())
}
