//! What can go wrong before a value is accepted.

use std::{error::Error, fmt, time::Duration};

/// Why a [`WriteBehind`](super::WriteBehind) cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no Tokio runtime to write in.
    NoRuntime,
    /// The Tokio runtime has no timer.
    NoTimer,
    /// An option that must not be zero.
    Zero(&'static str),
    /// A batch that the queue has no room for.
    BatchOverCapacity {
        /// The size of a batch.
        batch_size: usize,
        /// The room of the queue.
        capacity: usize,
    },
    /// The first pause is longer than the longest one.
    Backoff {
        /// The first pause.
        initial: Duration,
        /// The longest pause.
        max: Duration,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write-behind: ")?;
        match self {
            Self::NoRuntime => f.write_str(
                "no Tokio runtime to write in; call `build` inside one, for example in an `async fn`",
            ),
            Self::NoTimer => f.write_str(
                "the Tokio runtime has no timer; build the runtime with `enable_time()` or `enable_all()`",
            ),
            Self::Zero(option) => write!(f, "`{option}` must be more than zero"),
            Self::BatchOverCapacity { batch_size, capacity } => write!(
                f,
                "a batch of {batch_size} never fills in a queue of {capacity}; lower `batch_size` or raise `capacity`"
            ),
            Self::Backoff { initial, max } => write!(
                f,
                "the first pause of `backoff` ({initial:?}) is longer than the longest ({max:?})"
            ),
        }
    }
}

impl Error for BuildError {}

/// Why a value was not accepted. Readers do not see it, and it will not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The queue is full, and [`WhenFull::Refuse`](super::WhenFull::Refuse) was asked for.
    Full,
    /// It was shut down, or the runtime that it writes in has ended.
    Closed,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => {
                "the write-behind queue is full; write later, raise `capacity`, or wait with `WhenFull::Wait`"
            }
            Self::Closed => {
                "the write-behind was shut down and accepts nothing more; write to the source itself"
            }
        })
    }
}

impl Error for WriteError {}
