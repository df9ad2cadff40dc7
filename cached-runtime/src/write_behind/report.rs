//! What became of the values that were accepted.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cached_key::Key;

use crate::{
    cache::{Pending, lock},
    sync::Mutex,
    value::CacheValue,
};

/// A value that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure<T> {
    /// Its key.
    pub key: Key,
    /// The value, which the source does not have.
    pub value: T,
    /// What the last attempt ended with.
    pub error: String,
}

/// What [`shutdown`](super::WriteBehind::shutdown) ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report<T> {
    /// The values written since the start.
    pub written: u64,
    /// The values given up that nobody has taken yet, oldest first.
    pub failed: Vec<Failure<T>>,
    /// How many more were given up since the start, whose values there was no room to keep.
    pub forgotten: u64,
}

/// The numbers of a [`WriteBehind`](super::WriteBehind) since it was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Keys whose value is queued or being written.
    pub pending: u64,
    /// Values written.
    pub written: u64,
    /// Values that a later one of the same key has replaced while they waited, so that they need not be written.
    pub replaced: u64,
    /// Values given up.
    pub failed: u64,
    /// Batches written.
    pub batches: u64,
    /// Attempts beyond the first of a batch.
    pub retries: u64,
}

#[derive(Default)]
pub(super) struct Numbers {
    pub(super) pending: AtomicU64,
    pub(super) written: AtomicU64,
    pub(super) replaced: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) retries: AtomicU64,
}

impl Numbers {
    pub(super) fn add(number: &AtomicU64, n: usize) {
        number.fetch_add(n as u64, Ordering::Relaxed);
    }

    pub(super) fn subtract(number: &AtomicU64, n: usize) {
        number.fetch_sub(n as u64, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> Stats {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Stats {
            pending: read(&self.pending),
            written: read(&self.written),
            replaced: read(&self.replaced),
            failed: read(&self.failed),
            batches: read(&self.batches),
            retries: read(&self.retries),
        }
    }
}

/// The values given up that wait to be taken: no more than the queue has room for.
pub(super) struct Failures {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    failures: VecDeque<(Key, Pending, Arc<str>)>,
    forgotten: u64,
}

impl Failures {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    pub(super) fn keep(&self, key: Key, value: Pending, error: &Arc<str>) {
        let mut kept = lock(&self.kept);
        if kept.failures.len() >= self.most {
            kept.failures.pop_front();
            kept.forgotten += 1;
        }
        kept.failures.push_back((key, value, Arc::clone(error)));
    }

    /// How many there was no room for.
    pub(super) fn forgotten(&self) -> u64 {
        lock(&self.kept).forgotten
    }

    pub(super) fn take<T: CacheValue>(&self) -> Vec<Failure<T>> {
        let failures = mem::take(&mut lock(&self.kept).failures);
        let failures = failures.into_iter().filter_map(|(key, value, error)| {
            Some(Failure {
                key,
                value: value.get::<T>()?.clone(),
                error: error.as_ref().to_owned(),
            })
        });
        failures.collect()
    }
}
