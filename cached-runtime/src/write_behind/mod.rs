//! Write-behind: readers see a value at once, the source gets it a little later, in batches.

mod backoff;
mod batch;
mod builder;
mod error;
mod queue;
mod report;
mod sink;
mod worker;

use std::{
    fmt::{self, Display},
    sync::Arc,
};

use cached_key::Key;
use tokio::{
    sync::{SemaphorePermit, TryAcquireError},
    time::Instant,
};

use self::{
    builder::TagsOf,
    queue::{Item, Verdict},
    report::Numbers,
    worker::Shared,
};
pub use self::{
    builder::{Builder, WhenFull},
    error::{BuildError, WriteError},
    report::{Failure, Report, Stats},
};
use crate::{
    cache::{AnyValue, Core, Pending, State},
    caches::Caches,
    policy::Policy,
    value::CacheValue,
};

/// Writes values to the cache at once and to the source behind, in batches. Clones are the same writer.
///
/// For data that is written often and where the latest value of a key is all that counts: positions, presence, drafts,
/// read marks. Of many writes of one key the source sees few. [`strategies`](crate::strategies) holds it against the others.
///
/// ```
/// use std::sync::Arc;
/// use cached_runtime::{Caches, Key, cached, key, policy, WriteBehind};
///
/// # #[derive(Default)] struct Database(std::sync::Mutex<std::collections::HashMap<Key, u64>>);
/// # impl Database {
/// #     async fn upsert(&self, rows: Vec<(Key, u64)>) -> Result<(), std::io::Error> {
/// #         self.0.lock().unwrap().extend(rows);
/// #         Ok(())
/// #     }
/// #     async fn read(&self, user: u64) -> u64 {
/// #         self.0.lock().unwrap().get(&key!("read_marks:<user>")).copied().unwrap_or(0)
/// #     }
/// # }
/// struct ReadMarks {
///     database: Arc<Database>,
///     behind: WriteBehind<u64>,
/// }
///
/// impl ReadMarks {
///     #[cached(key = "read_marks:<user>", ttl = "10m")]
///     async fn last_read(&self, user: u64) -> u64 {
///         self.database.read(user).await
///     }
///
///     async fn mark(&self, user: u64, message: u64) -> Result<(), cached_runtime::write_behind::WriteError> {
///         self.behind.write(&key!("read_marks:<user>"), message).await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Arc::new(Database::default());
/// let sink = {
///     let database = Arc::clone(&database);
///     move |rows| {
///         let database = Arc::clone(&database);
///         async move { database.upsert(rows).await }
///     }
/// };
/// let behind = WriteBehind::builder(Caches::global(), policy::PREFERENCES, sink).batch_size(500).build()?;
/// let marks = ReadMarks { database, behind };
///
/// for message in 1..=1_000 {
///     marks.mark(42, message).await?;
/// }
/// assert_eq!(marks.last_read(42).await, 1_000); // at once, from the cache
///
/// let report = marks.behind.shutdown().await; // before the process ends
/// assert!(report.failed.is_empty());
/// assert_eq!(marks.database.read(42).await, 1_000);
/// # Ok(()) }
/// ```
///
/// # What is promised
///
/// - **Readers see what was accepted.** From the moment `write` has returned, cached methods of the same key answer
///   with its value or a later one, until the sink has written it or has given it up. That holds too while its entry is
///   evicted, expired or invalidated: until the source has the value, the source is what is stale. So a pending value
///   also answers [`reload`](crate::reload), whose body would bring an older one. [`bypass`](crate::bypass) asks the
///   source all the same, and so does every call while the caches are off.
/// - **The order of each key is kept.** A write that comes while the value before it is queued takes its place; one that
///   comes while that is being written goes with a later batch. One batch is written at a time. Across keys, and across
///   two `WriteBehind`s, there is no order.
/// - **At least once.** A batch that failed is written again as a whole, so the sink should be idempotent: an upsert, not
///   an insert.
/// - **Nothing waits for ever behind a bad batch.** After the last attempt the values of a batch are given up: an error is
///   logged, they are kept for [`take_failed`](Self::take_failed) and [`shutdown`](Self::shutdown), and readers are
///   sent to the source again.
///
/// # What is not
///
/// **What is pending when the process dies is lost**, up to `capacity` values: call [`shutdown`](Self::shutdown) before
/// the end, and keep what must not be lost to `#[invalidates]`. Dropping the last clone instead leaves it to the
/// task to write the rest, as long as its runtime lives. Writes to the same key that go past this writer, to the source
/// or to the cache, are overwritten by what is pending. An attempt that was dropped after `attempt_timeout` may still
/// take effect in the source, even after a later one.
pub struct WriteBehind<T> {
    inner: Arc<Inner>,
    tags: Option<Arc<TagsOf<T>>>,
}

struct Inner {
    shared: Arc<Shared>,
    caches: Caches,
    policy: Policy,
    when_full: WhenFull,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl<T> WriteBehind<T> {
    fn new(
        shared: Arc<Shared>,
        caches: Caches,
        policy: Policy,
        when_full: WhenFull,
        tags: Option<Arc<TagsOf<T>>>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                shared,
                caches,
                policy,
                when_full,
            }),
            tags,
        }
    }
}

impl<T: CacheValue> WriteBehind<T> {
    /// Starts to set up a writer: its values are kept in `caches` as `policy` says, and `sink` writes them to the
    /// source, up to a batch at a time, each key once.
    ///
    /// The sink has written all or, where it returns an error, panics or does not end in time, must be able to get the
    /// same values again.
    pub fn builder<F, Fut, E>(caches: &Caches, policy: Policy, sink: F) -> Builder<T>
    where
        F: Fn(Vec<(Key, T)>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        Builder::new(caches.clone(), policy, sink::sink(sink))
    }

    /// Accepts a value: readers see it when this returns, the source gets it behind. A value of the same key that is
    /// still queued is replaced and not written any more.
    ///
    /// Where the queue is full, this waits or is refused, as [`WhenFull`] says. A value that is not accepted is
    /// neither served nor written.
    ///
    /// # Cancellation
    ///
    /// Dropping the future while it waits for room takes the write back; otherwise it is done when it is polled for the
    /// first time.
    pub async fn write(&self, key: &Key, value: T) -> Result<(), WriteError> {
        let Inner { shared, caches, .. } = &*self.inner;
        let core = caches.core(key.cache());
        let digest = core.digest(key.as_bytes());
        let tags = self.tags.as_ref().map(|tags| tags(key, &value));
        let tags = tags.unwrap_or_default();
        let value: Pending = Arc::new(AnyValue::new(value));
        loop {
            let room = match core.pending_state(shared.writer, digest, key) {
                State::New => Some(self.room().await?),
                State::Queued | State::Writing => None,
            };
            match self.accept(&core, (key, digest), (&value, &tags), room.is_some()) {
                Verdict::Accepted { was, .. } => {
                    if let Some(room) = room.filter(|_| was == State::New) {
                        room.forget();
                    }
                    return Ok(());
                }
                // What was pending was written in between, and has given its room back.
                Verdict::NoRoom => {}
                Verdict::Closed => return Err(WriteError::Closed),
            }
        }
    }

    async fn room(&self) -> Result<SemaphorePermit<'_>, WriteError> {
        let room = &self.inner.shared.room;
        match self.inner.when_full {
            WhenFull::Wait => room.acquire().await.map_err(|_| WriteError::Closed),
            WhenFull::Refuse => room.try_acquire().map_err(|error| match error {
                TryAcquireError::NoPermits => WriteError::Full,
                TryAcquireError::Closed => WriteError::Closed,
            }),
        }
    }

    fn accept(
        &self,
        core: &Arc<Core>,
        (key, digest): (&Key, u64),
        (value, tags): (&Pending, &[Key]),
        has_room: bool,
    ) -> Verdict {
        let Inner { shared, policy, .. } = &*self.inner;
        let item = || Item {
            core: Arc::clone(core),
            key: key.clone(),
            digest,
            since: Instant::now(),
        };
        let numbers = &shared.numbers;
        let mut verdict = Verdict::Closed;
        core.accept::<T>(shared.writer, (key, digest), value, (policy, tags), |was| {
            let batch_size = shared.options.batch_size;
            verdict = shared.queue.push(was, has_room, batch_size, item);
            let accepted = matches!(verdict, Verdict::Accepted { .. });
            if accepted && was == State::New {
                // Counted before the worker can have written it.
                Numbers::add(&numbers.pending, 1);
            }
            accepted
        });
        if let Verdict::Accepted { was, news } = verdict {
            if was == State::Queued {
                Numbers::add(&numbers.replaced, 1);
            }
            if news {
                shared.changed.notify_one();
            }
        }
        verdict
    }

    /// Waits until all that was accepted before is written or given up. Batches that are not full go at once.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait, and nothing else.
    pub async fn flush(&self) {
        let shared = &self.inner.shared;
        if let Some(done) = shared.queue.mark() {
            shared.changed.notify_one();
            // Told or not: a worker that has ended has given up what it had.
            let _ = done.await;
        }
    }

    /// Accepts nothing more, waits until all that was accepted is written or given up, and tells how it went.
    ///
    /// A sink that fails is tried as often as ever, so this may take as long as all attempts and pauses of what is
    /// pending; put a time-out around it where the process must end.
    ///
    /// # Cancellation
    ///
    /// It stays shut, and the task goes on writing. A second call goes on waiting.
    pub async fn shutdown(&self) -> Report<T> {
        self.inner.shared.close();
        self.flush().await;
        let failures = &self.inner.shared.failures;
        Report {
            written: self.stats().written,
            failed: failures.take(),
            forgotten: failures.forgotten(),
        }
    }

    /// Takes the values that were given up, oldest first, so that they can be written in another way. Each is handed
    /// out once, here or by [`shutdown`](Self::shutdown). At most `capacity` are kept; of more the oldest are forgotten.
    pub fn take_failed(&self) -> Vec<Failure<T>> {
        self.inner.shared.failures.take()
    }

    /// The numbers since it was built.
    pub fn stats(&self) -> Stats {
        self.inner.shared.numbers.stats()
    }
}

impl<T> Clone for WriteBehind<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            tags: self.tags.clone(),
        }
    }
}

impl<T> fmt::Debug for WriteBehind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.inner.shared.numbers.stats();
        f.debug_struct("WriteBehind")
            .field("stats", &stats)
            .finish_non_exhaustive()
    }
}
