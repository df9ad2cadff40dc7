//! How long an answer is kept: lifetimes, and the presets for the common kinds of data.

use std::{ops::Deref, time::Duration};

use crate::time::LONGEST;

/// How long the answers of one method are kept.
///
/// Every method is a `const fn`, so that a policy can be a constant named in `#[cached(policy = …)]`:
///
/// ```
/// use std::time::Duration;
/// use cached_runtime::Policy;
///
/// const LISTS: Policy = Policy::new(Duration::from_secs(300)).none_ttl(Duration::from_secs(5)).jitter(10);
/// ```
///
/// A duration of zero and a jitter above 100 % are refused with a panic. In a constant that is a compile error at the
/// place where the policy is written. Durations above 100 years are cut to 100 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub(crate) ttl: Duration,
    pub(crate) tti: Option<Duration>,
    pub(crate) none_ttl: Option<Duration>,
    pub(crate) jitter: u8,
    pub(crate) stale_while_revalidate: Option<Duration>,
    pub(crate) stale_if_error: Option<Duration>,
    pub(crate) refresh_ahead: Option<RefreshAhead>,
}

/// A policy as a call is given it.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// By an attribute.
    Declared(&'static Policy),
    /// By whoever calls by hand.
    Here(&'a Policy),
}

/// A policy as a call keeps it that is to load.
pub(crate) enum Terms {
    Declared(&'static Policy),
    Own(Box<Policy>),
}

impl Deref for Terms {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        match self {
            Self::Declared(policy) => policy,
            Self::Own(policy) => policy,
        }
    }
}

/// When an entry is loaded anew before its `ttl` is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshAhead {
    /// At the first read after this part of its lifetime, in percent from 1 to 100.
    Percent(u8),
    /// At the first read after a moment that is drawn for each entry from the time its load took: about twice that time
    /// before the end, now and then much earlier. Loads that are slow begin early enough to be done in time, quick ones do
    /// not begin before they must, and entries that were stored together, here or in other processes, are not loaded
    /// together.
    Auto,
}

impl Policy {
    /// Answers are kept for `ttl` after they were stored.
    #[must_use]
    #[track_caller]
    pub const fn new(ttl: Duration) -> Self {
        Self {
            ttl: positive(ttl, "`ttl` must be longer than zero"),
            tti: None,
            none_ttl: None,
            jitter: 0,
            stale_while_revalidate: None,
            stale_if_error: None,
            refresh_ahead: None,
        }
    }

    /// Answers are kept for `ttl` after they were stored.
    #[must_use]
    #[track_caller]
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = positive(ttl, "`ttl` must be longer than zero");
        self
    }

    /// Answers are dropped when nobody read them for `tti`. `ttl` stays an upper bound.
    #[must_use]
    #[track_caller]
    pub const fn tti(mut self, tti: Duration) -> Self {
        self.tti = Some(positive(tti, "`tti` must be longer than zero"));
        self
    }

    /// `None` is cached too, for `none_ttl`. Without it absence is never cached.
    #[must_use]
    #[track_caller]
    pub const fn none_ttl(mut self, none_ttl: Duration) -> Self {
        self.none_ttl = Some(positive(none_ttl, "`none_ttl` must be longer than zero"));
        self
    }

    /// Whether the lives of two answers stored together may differ.
    pub(crate) const fn rolls_dice(&self) -> bool {
        self.jitter > 0 || self.times_loads()
    }

    /// Whether the life of an answer depends on how long its load took.
    pub(crate) const fn times_loads(&self) -> bool {
        matches!(self.refresh_ahead, Some(RefreshAhead::Auto))
    }

    /// Shortens each lifetime by a random part of up to `percent` of it, so that answers stored together do not expire
    /// together. It is always subtracted: `ttl` stays an upper bound.
    ///
    /// # Panics
    ///
    /// If it is above 100.
    #[must_use]
    #[track_caller]
    pub const fn jitter(mut self, percent: u8) -> Self {
        assert!(percent <= 100, "`jitter` is a percentage up to 100");
        self.jitter = percent;
        self
    }

    /// For this long past its `ttl` a value is still handed out while one caller loads it anew. A load that fails in this
    /// time leaves the value where it is, and is tried again after 10 seconds.
    ///
    /// # Panics
    ///
    /// If it is not shorter than `stale_if_error`, which then would never count.
    #[must_use]
    #[track_caller]
    pub const fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.stale_while_revalidate = Some(positive(
            window,
            "`stale_while_revalidate` must be longer than zero",
        ));
        self.check_windows()
    }

    /// For this long past its `ttl` a value is handed out when loading it anew fails; that is tried again at most every 10
    /// seconds. What counts is the first `ttl`: failures never make the time longer.
    ///
    /// # Panics
    ///
    /// If it is not longer than `stale_while_revalidate`, and would never count.
    #[must_use]
    #[track_caller]
    pub const fn stale_if_error(mut self, window: Duration) -> Self {
        self.stale_if_error = Some(positive(
            window,
            "`stale_if_error` must be longer than zero",
        ));
        self.check_windows()
    }

    /// A value is loaded anew by the first read after `percent` of its lifetime, while others are still handed the one that
    /// is there. A load that fails leaves the value where it is, and is tried again after 10 seconds.
    ///
    /// # Panics
    ///
    /// If it is 0 or above 100.
    #[must_use]
    #[track_caller]
    pub const fn refresh_ahead(mut self, percent: u8) -> Self {
        assert!(percent > 0, "`refresh_ahead` must be more than zero");
        assert!(percent <= 100, "`refresh_ahead` is a percentage up to 100");
        self.refresh_ahead = Some(RefreshAhead::Percent(percent));
        self
    }

    /// As [`refresh_ahead`](Self::refresh_ahead), at a moment drawn for each entry: see [`RefreshAhead::Auto`]. The better
    /// choice where keys differ in what they cost, and where several processes hold the same keys; a percentage is better
    /// for keys that are read rarely, since few reads fall into a short time before the end.
    #[must_use]
    pub const fn refresh_ahead_auto(mut self) -> Self {
        self.refresh_ahead = Some(RefreshAhead::Auto);
        self
    }

    /// Whether a value is good for something past the moment at which it is due.
    pub(crate) const fn has_late_life(&self) -> bool {
        self.stale_while_revalidate.is_some()
            || self.stale_if_error.is_some()
            || self.refresh_ahead.is_some()
    }

    #[track_caller]
    const fn check_windows(self) -> Self {
        if let (Some(revalidate), Some(error)) = (self.stale_while_revalidate, self.stale_if_error)
        {
            assert!(
                longer(error, revalidate),
                "`stale_if_error` must be longer than `stale_while_revalidate`"
            );
        }
        self
    }

    /// The lifetime of a value or of an absence; `None` where it must not be stored. `dice` is uniform.
    pub(crate) fn lifetime(&self, absent: bool, dice: u32) -> Option<Duration> {
        let full = if absent { self.none_ttl? } else { self.ttl };
        if self.jitter == 0 {
            return Some(full);
        }
        let share =
            f64::from(self.jitter) / 100.0 * (f64::from(dice) / (f64::from(u32::MAX) + 1.0));
        Some(full.saturating_sub(full.mul_f64(share)))
    }
}

#[track_caller]
const fn positive(duration: Duration, headline: &str) -> Duration {
    assert!(!duration.is_zero(), "{}", headline);
    if duration.as_secs() > LONGEST.as_secs() {
        LONGEST
    } else {
        duration
    }
}

const fn longer(a: Duration, b: Duration) -> bool {
    a.as_nanos() > b.as_nanos()
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Session data: 30 minutes, dropped after 10 minutes without a read.
pub const SESSION: Policy = Policy::new(minutes(30)).tti(minutes(10));
/// Results of database queries: 5 minutes, spread by 10 %.
pub const QUERY: Policy = Policy::new(minutes(5)).jitter(10);
/// Answers of agents and models, expensive to make: 1 hour, spread by 10 %.
pub const AGENT: Policy = Policy::new(minutes(60)).jitter(10);
/// Answers of other services: 1 minute, absence for 5 seconds.
pub const API: Policy = Policy::new(minutes(1))
    .none_ttl(Duration::from_secs(5))
    .jitter(10);
/// Data that changes with a release: 24 hours.
pub const STATIC: Policy = Policy::new(minutes(24 * 60)).jitter(10);
/// Preferences of a user: 15 minutes, absence for 1 minute.
pub const PREFERENCES: Policy = Policy::new(minutes(15)).none_ttl(minutes(1));
/// Windows of rate limits: 1 minute to the dot.
pub const RATE_LIMIT: Policy = Policy::new(minutes(1));

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lifetime_is_cut_to_a_century() {
        assert_eq!(Policy::new(Duration::MAX).lifetime(false, 0), Some(LONGEST));
    }

    #[test]
    fn absence_has_no_lifetime_of_its_own() {
        assert_eq!(QUERY.lifetime(true, 0), None);
        assert_eq!(API.lifetime(true, 0), Some(Duration::from_secs(5)));
    }

    proptest! {
        #[test]
        fn jitter_only_ever_shortens(ttl in 1_u64..u64::MAX, jitter in 0_u8..=100, dice: u32) {
            let policy = Policy::new(Duration::from_millis(ttl)).jitter(jitter);
            let lifetime = policy.lifetime(false, dice).unwrap();
            prop_assert!(lifetime <= policy.ttl);
            prop_assert!(lifetime >= policy.ttl.mul_f64((1.0 - f64::from(jitter) / 100.0).max(0.0) * 0.999));
        }
    }
}
