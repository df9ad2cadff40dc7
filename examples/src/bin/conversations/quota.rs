//! How much there is to do, shared by all tasks.

use std::{
    ops::Range,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// A number of operations, a time, or both, whichever ends first.
#[derive(Debug)]
pub(crate) struct Quota {
    operations: Range<u64>,
    next: AtomicU64,
    start: Instant,
    time: Option<Duration>,
    stopped: AtomicBool,
}

impl Quota {
    /// These operations, as far as they can be done in `time` from now on.
    pub(crate) fn new(operations: Range<u64>, time: Option<Duration>) -> Self {
        Self {
            next: AtomicU64::new(operations.start),
            operations,
            start: Instant::now(),
            time,
            stopped: AtomicBool::new(false),
        }
    }

    /// The number of the next operation, unless that was all.
    pub(crate) fn take(&self) -> Option<u64> {
        if self.stopped.load(Ordering::Relaxed)
            || self.time.is_some_and(|time| self.start.elapsed() >= time)
        {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number < self.operations.end).then_some(number)
    }

    /// Nobody gets another operation.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// How much of it is done, in thousandths.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rough number for a progress bar"
    )]
    pub(crate) fn progress(&self) -> u64 {
        let taken =
            self.next.load(Ordering::Relaxed).min(self.operations.end) - self.operations.start;
        let operations = taken as f64 / (self.operations.end - self.operations.start).max(1) as f64;
        let time = self
            .time
            .map_or(0.0, |time| self.start.elapsed().div_duration_f64(time));
        (operations.max(time).min(1.0) * 1000.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_given_out_once() {
        let quota = Quota::new(3..6, None);
        let taken: Vec<u64> = std::iter::from_fn(|| quota.take()).collect();
        assert_eq!(taken, [3, 4, 5]);
        assert_eq!(quota.take(), None);
        assert_eq!(quota.progress(), 1000);
    }

    #[test]
    fn time_and_stop_end_it() {
        assert_eq!(Quota::new(0..u64::MAX, Some(Duration::ZERO)).take(), None);
        let quota = Quota::new(0..u64::MAX, None);
        assert_eq!(quota.take(), Some(0));
        quota.stop();
        assert_eq!(quota.take(), None);
    }
}
