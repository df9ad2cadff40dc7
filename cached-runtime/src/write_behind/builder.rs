//! How a write-behind is set up, and what is refused.

use std::{
    fmt,
    panic::catch_unwind,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cached_key::Key;
use tokio::{
    runtime::Handle,
    sync::{Notify, Semaphore},
    time::sleep,
};

use super::{
    WriteBehind,
    backoff::Backoff,
    error::BuildError,
    queue::Queue,
    report::{Failures, Numbers},
    sink::Sink,
    worker::{self, Options, Shared},
};
use crate::{caches::Caches, policy::Policy};

static NEXT_WRITER: AtomicU64 = AtomicU64::new(0);

/// What a write does while the queue is full. A write of a key that is pending already replaces its value and needs no
/// room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits until there is room.
    #[default]
    Wait,
    /// It fails with [`WriteError::Full`](super::WriteError::Full).
    Refuse,
}

/// Sets up a [`WriteBehind`].
#[must_use = "nothing is written before `build`"]
pub struct Builder<T> {
    caches: Caches,
    policy: Policy,
    sink: Sink,
    options: Options,
    capacity: usize,
    when_full: WhenFull,
    tags: Option<Arc<TagsOf<T>>>,
}

/// The tags of a value that is written under a key.
pub(super) type TagsOf<T> = dyn Fn(&Key, &T) -> Vec<Key> + Send + Sync;

impl<T> Builder<T> {
    pub(super) fn new(caches: Caches, policy: Policy, sink: Sink) -> Self {
        Self {
            caches,
            policy,
            sink,
            options: Options {
                batch_size: 100,
                max_delay: Duration::from_millis(100),
                attempts: 5,
                attempt_timeout: Duration::from_secs(30),
                backoff: Backoff {
                    initial: Duration::from_millis(100),
                    max: Duration::from_secs(10),
                },
            },
            capacity: 10_000,
            when_full: WhenFull::Wait,
            tags: None,
        }
    }

    /// The most values that the sink gets at a time; 100 by default.
    pub fn batch_size(mut self, values: usize) -> Self {
        self.options.batch_size = values;
        self
    }

    /// How long a value waits at most for its batch to become full, while the sink is idle; 100 ms by default. Zero
    /// writes at once what is there.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.options.max_delay = delay;
        self
    }

    /// The most keys that may be pending, queued or being written; 10,000 by default. Of the values that were given up
    /// as many are kept, the latest, until they are taken.
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }

    /// What a write does when `capacity` is reached; it waits by default.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// The tags of the entries in which values are served, from key and value; none by default. They should be those of the
    /// cached method that reads the key, or an invalidation of them will not find what was written.
    pub fn tags(mut self, tags: impl Fn(&Key, &T) -> Vec<Key> + Send + Sync + 'static) -> Self {
        self.tags = Some(Arc::new(tags));
        self
    }

    /// How often a batch is tried before its values are given up; 5 times by default.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.options.attempts = attempts;
        self
    }

    /// How long one attempt may take; 30 s by default. It is dropped then, and counts as failed.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = timeout;
        self
    }

    /// The pauses between the attempts of a batch: `initial` after the first, then doubled each time up to `max`, less
    /// a random part of up to a quarter; 100 ms and 10 s by default.
    pub fn backoff(mut self, initial: Duration, max: Duration) -> Self {
        self.options.backoff = Backoff { initial, max };
        self
    }

    fn check(&self) -> Result<(), BuildError> {
        let options = &self.options;
        let Backoff { initial, max } = options.backoff;
        for (option, is_zero) in [
            ("batch_size", options.batch_size == 0),
            ("capacity", self.capacity == 0),
            ("attempts", options.attempts == 0),
            ("attempt_timeout", options.attempt_timeout.is_zero()),
            ("backoff", initial.is_zero()),
        ] {
            if is_zero {
                return Err(BuildError::Zero(option));
            }
        }
        if initial > max {
            return Err(BuildError::Backoff { initial, max });
        }
        if options.batch_size > self.capacity {
            return Err(BuildError::BatchOverCapacity {
                batch_size: options.batch_size,
                capacity: self.capacity,
            });
        }
        Ok(())
    }

    /// Starts the task that writes, in the current Tokio runtime. Options that cannot be meant are refused, and so is a
    /// place without a runtime or with one that has no timer.
    pub fn build(self) -> Result<WriteBehind<T>, BuildError> {
        self.check()?;
        let runtime = Handle::try_current().map_err(|_| BuildError::NoRuntime)?;
        // Tokio has no other way to ask.
        catch_unwind(|| drop(sleep(Duration::ZERO))).map_err(|_| BuildError::NoTimer)?;
        let capacity = self.capacity.min(Semaphore::MAX_PERMITS);
        let shared = Arc::new(Shared {
            writer: NEXT_WRITER.fetch_add(1, Ordering::Relaxed),
            options: self.options,
            sink: self.sink,
            queue: Queue::default(),
            room: Semaphore::new(capacity),
            changed: Notify::new(),
            failures: Failures::new(capacity),
            numbers: Numbers::default(),
        });
        runtime.spawn(worker::run(Arc::clone(&shared)));
        Ok(WriteBehind::new(
            shared,
            self.caches,
            self.policy,
            self.when_full,
            self.tags,
        ))
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("options", &self.options)
            .field("capacity", &self.capacity)
            .field("when_full", &self.when_full)
            .finish_non_exhaustive()
    }
}
