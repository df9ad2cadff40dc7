//! What the calls cost, by topic.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::topic::Topic;

/// Above this, a call counts as having taken this long.
const LONGEST: u64 = 60_000_000_000;

/// The times of calls, in nanoseconds.
pub(crate) struct Times {
    histogram: Histogram<u64>,
    /// Calls that were not timed, since their callers did not wait.
    untimed: u64,
}

impl Times {
    fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self {
            histogram: Histogram::new_with_max(LONGEST, 3)?,
            untimed: 0,
        })
    }

    fn add(&mut self, time: Duration) {
        self.histogram
            .saturating_record(u64::try_from(time.as_nanos()).unwrap_or(LONGEST));
    }

    pub(crate) fn calls(&self) -> u64 {
        self.histogram.len() + self.untimed
    }

    fn merge(&mut self, other: &Self) -> Result<(), hdrhistogram::AdditionError> {
        self.untimed += other.untimed;
        self.histogram.add(&other.histogram)
    }

    /// `None` when no call was timed.
    pub(crate) fn quantile(&self, quantile: f64) -> Option<Duration> {
        (!self.histogram.is_empty())
            .then(|| Duration::from_nanos(self.histogram.value_at_quantile(quantile)))
    }
}

/// The times of every topic.
pub(crate) struct Tally {
    topics: Vec<Times>,
}

impl Tally {
    pub(crate) fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self {
            topics: Topic::ALL
                .iter()
                .map(|_| Times::new())
                .collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn record(&mut self, topic: Topic, time: Duration) {
        if let Some(times) = self.topics.get_mut(topic as usize) {
            times.add(time);
        }
    }

    pub(crate) fn record_untimed(&mut self, topic: Topic) {
        if let Some(times) = self.topics.get_mut(topic as usize) {
            times.untimed += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), hdrhistogram::AdditionError> {
        for (times, more) in self.topics.iter_mut().zip(&other.topics) {
            times.merge(more)?;
        }
        Ok(())
    }

    /// The times of these topics together.
    pub(crate) fn of(&self, topics: &[Topic]) -> Result<Times, anyhow::Error> {
        let mut sum = Times::new()?;
        for (topic, times) in Topic::ALL.iter().zip(&self.topics) {
            if topics.contains(topic) {
                sum.merge(times)?;
            }
        }
        Ok(sum)
    }
}
