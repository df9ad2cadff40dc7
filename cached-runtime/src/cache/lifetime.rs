//! How long an answer lives, and what it is good for in the course of its life.

use std::time::Duration;

use crate::{
    policy::{Policy, RefreshAhead},
    time::Moment,
};

/// After a load that failed, the next one for the same entry waits this long.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The life of an entry from the moment it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) stored: Moment,
    /// From here on a reader has to look closer.
    pub(super) due: Moment,
    pub(super) tti: Option<Duration>,
    /// What comes after `due`, where that is not the end.
    pub(super) late: Option<Late>,
}

/// The late life of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Late {
    /// The end of the `ttl`.
    pub(super) expires: Moment,
    /// Until here it is handed out while somebody loads it anew.
    pub(super) revalidates: Moment,
    /// Until here it is handed out when that fails, also when it was called past its time.
    pub(super) outlives_errors: Option<Moment>,
}

/// What an entry is good for that no invalidation has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is the answer.
    Fresh,
    /// It is the answer, and it is time to load it anew.
    Ahead,
    /// Past its `ttl`: the answer for all but the one who loads it anew.
    Stale,
    /// Past its `ttl`: the answer where the load fails.
    Spare,
    /// No answer.
    Gone,
}

impl Lifetime {
    /// The life of an answer that took so long to load; `None` if it is not to be stored. The dice are uniform.
    #[inline]
    pub(super) fn new(
        policy: &Policy,
        absent: bool,
        stored: Moment,
        took: Duration,
        dice: [u32; 2],
    ) -> Option<Self> {
        let ttl = policy.lifetime(absent, dice[0])?;
        let expires = stored.after(ttl);
        let late = (!absent).then(|| Late::new(policy, expires)).flatten();
        let due = match policy.refresh_ahead {
            Some(ahead) if !absent => stored.after(fresh_for(ahead, ttl, took, dice[1])),
            _ => expires,
        };
        Some(Self {
            stored,
            due,
            tti: policy.tti,
            late,
        })
    }
}

impl Late {
    #[inline]
    fn new(policy: &Policy, expires: Moment) -> Option<Self> {
        if !policy.has_late_life() {
            return None;
        }
        let window = policy.stale_while_revalidate.unwrap_or_default();
        Some(Self {
            expires,
            revalidates: expires.after(window),
            outlives_errors: policy.stale_if_error.map(|window| expires.after(window)),
        })
    }

    pub(super) fn ends(&self) -> Moment {
        self.outlives_errors
            .map_or(self.revalidates, |end| end.max(self.revalidates))
    }

    /// What an entry that is due is good for. One that was called past its time is only kept for errors.
    pub(super) fn stage(&self, now: Moment, called_expired: bool) -> Stage {
        if !called_expired && now < self.expires {
            Stage::Ahead
        } else if !called_expired && now < self.revalidates {
            Stage::Stale
        } else if self.outlives_errors.is_some_and(|end| now < end) {
            Stage::Spare
        } else {
            Stage::Gone
        }
    }
}

/// How long nobody need think of loading the answer anew.
fn fresh_for(ahead: RefreshAhead, ttl: Duration, took: Duration, dice: u32) -> Duration {
    let part = match ahead {
        RefreshAhead::Percent(percent) => f64::from(percent.min(100)) / 100.0,
        RefreshAhead::Auto => {
            // As early as the load takes, to be done in time, and as much again on average, spread exponentially: that is
            // how independent holders of one key come to different moments.
            let uniform = (f64::from(dice) + 1.0) / (f64::from(u32::MAX) + 1.0);
            let early = took.as_secs_f64() * (1.0 - uniform.ln());
            (1.0 - early / ttl.as_secs_f64()).max(0.5)
        }
    };
    // Of long times `mul_f64` is not exact, in either direction.
    ttl.mul_f64(part).min(ttl)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn life(policy: Policy) -> Lifetime {
        let start = Moment::from_nanos(0);
        Lifetime::new(&policy, false, start, Duration::ZERO, [0, 0]).unwrap()
    }

    fn ends(life: &Lifetime) -> Moment {
        life.late.unwrap().ends()
    }

    fn stage(life: &Lifetime, seconds: u64) -> Stage {
        let now = Moment::from_nanos(0).after(Duration::from_secs(seconds));
        life.late.unwrap().stage(now, false)
    }

    #[test]
    fn the_stages_follow_each_other() {
        let policy = Policy::new(MINUTE)
            .stale_while_revalidate(MINUTE)
            .stale_if_error(MINUTE * 2)
            .refresh_ahead(50);
        let life = life(policy);
        assert_eq!(life.due, Moment::from_nanos(0).after(MINUTE / 2));
        for (seconds, expected) in [
            (59, Stage::Ahead),
            (60, Stage::Stale),
            (119, Stage::Stale),
            (120, Stage::Spare),
            (179, Stage::Spare),
            (180, Stage::Gone),
        ] {
            assert_eq!(stage(&life, seconds), expected, "after {seconds} s");
        }
        assert_eq!(ends(&life), Moment::from_nanos(0).after(MINUTE * 3));
    }

    #[test]
    fn what_was_called_past_its_time_is_kept_for_errors_only() {
        let policy = Policy::new(MINUTE)
            .stale_while_revalidate(MINUTE)
            .stale_if_error(MINUTE * 2);
        let late = life(policy).late.unwrap();
        assert_eq!(late.stage(Moment::from_nanos(1), true), Stage::Spare);
        let late = life(Policy::new(MINUTE).stale_while_revalidate(MINUTE))
            .late
            .unwrap();
        assert_eq!(late.stage(Moment::from_nanos(1), true), Stage::Gone);
    }

    #[test]
    fn an_absence_has_no_late_life() {
        let policy = Policy::new(MINUTE)
            .none_ttl(MINUTE)
            .stale_if_error(MINUTE)
            .refresh_ahead(50);
        let start = Moment::from_nanos(0);
        let life = Lifetime::new(&policy, true, start, Duration::ZERO, [0, 0]).unwrap();
        assert_eq!((life.late, life.due), (None, start.after(MINUTE)));
    }

    proptest! {
        /// Windows of any length neither overflow nor reorder the stages.
        #[test]
        fn due_lies_within_the_ttl(
            ttl in 1..u64::MAX, took: u64, window in 1..u64::MAX, percent in 1_u8..=100, auto: bool, dice: [u32; 2], now: u64,
        ) {
            let policy = Policy::new(Duration::from_millis(ttl)).stale_while_revalidate(Duration::from_millis(window)).jitter(10);
            let policy = if auto { policy.refresh_ahead_auto() } else { policy.refresh_ahead(percent) };
            let stored = Moment::from_nanos(now);
            let life = Lifetime::new(&policy, false, stored, Duration::from_millis(took), dice).unwrap();
            prop_assert!(life.stored <= life.due && life.due <= life.late.unwrap().expires && life.late.unwrap().expires <= ends(&life));
            if auto {
                prop_assert!(life.due.since(stored) * 2 + Duration::from_micros(1) >= life.late.unwrap().expires.since(stored) || life.late.unwrap().expires.nanos() == u64::MAX);
            }
        }
    }
}
