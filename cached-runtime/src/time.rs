//! Time: the clock that a cache reads, and the one that tests turn by hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The longest lifetime; anything longer is cut to it.
pub(crate) const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

/// A source of time that never goes backwards.
///
/// Give one to [`CachesBuilder::clock`](crate::CachesBuilder::clock); without it a cache reads [`SystemClock`].
pub trait Clock: Send + Sync + 'static {
    /// Time since an origin of the clock's own choice.
    fn now(&self) -> Duration;
}

/// The operating system's coarse monotonic clock.
///
/// Reading it costs a few nanoseconds; its resolution is that of the system's timer tick, 1 to 4 ms on Linux. An entry
/// may therefore be served that much past its `ttl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Duration {
        Duration::from_nanos(system_nanos())
    }
}

#[inline]
fn system_nanos() -> u64 {
    // `Instant::now` of the same crate would also store the reading in a static that all cores share.
    coarsetime::Instant::now_without_cache_update()
        .duration_since(coarsetime::Instant::from_ticks(0))
        .as_nanos()
}

/// A clock that stands still until it is advanced. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
/// use cached_runtime::{Clock, ManualClock};
///
/// let clock = ManualClock::default();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// Moves the clock forward. It stops at its last instant, some 584 years in, rather than wrap around.
    pub fn advance(&self, by: Duration) {
        let by = nanos(by);
        // The closure always returns `Some`, so there is no error to handle.
        let _ = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                Some(now.saturating_add(by))
            });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Acquire))
    }
}

/// An instant on a cache's clock, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(nanos(by)))
    }

    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.0
    }

    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
}

/// The clock as a cache holds it: the system's is read without an indirect call.
#[derive(Clone)]
pub(crate) enum Timer {
    System,
    Custom(Arc<dyn Clock>),
}

impl Timer {
    #[inline]
    pub(crate) fn now(&self) -> Moment {
        match self {
            Self::System => Moment(system_nanos()),
            Self::Custom(clock) => Moment(nanos(clock.now())),
        }
    }

    /// For one who is about to lock something.
    #[inline]
    pub(crate) fn reading(&self) -> Reading {
        match self {
            Self::System => Reading::WhenAsked,
            Self::Custom(_) => Reading::Taken(self.now()),
        }
    }

    pub(crate) const fn is_system(&self) -> bool {
        matches!(self, Self::System)
    }
}

/// The time as it is told under a lock, where no code of the user's may run: the system's clock can be read when somebody asks
/// for it, which few do.
#[derive(Clone, Copy)]
pub(crate) enum Reading {
    Taken(Moment),
    WhenAsked,
}

impl Reading {
    #[inline]
    pub(crate) fn now(self) -> Moment {
        match self {
            Self::Taken(moment) => moment,
            Self::WhenAsked => Moment(system_nanos()),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_moves_forward() {
        let timer = Timer::System;
        let start = timer.now();
        let deadline = std::time::Instant::now() + Duration::from_secs(2);
        while timer.now() == start {
            assert!(
                std::time::Instant::now() < deadline,
                "the coarse clock stands still"
            );
            std::thread::yield_now();
        }
        assert!(timer.now() > start);
    }

    #[test]
    fn a_manual_clock_saturates() {
        let clock = ManualClock::default();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Duration::from_nanos(u64::MAX));
        assert_eq!(Moment(u64::MAX - 1).after(Duration::MAX), Moment(u64::MAX));
    }
}
