//! How long to wait before a batch is tried again.

use std::time::Duration;

/// The part of a pause that chance may take off, so that many writers do not come back together.
const SPREAD: f64 = 0.25;

/// Pauses that double from `initial` up to `max`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) initial: Duration,
    pub(super) max: Duration,
}

impl Backoff {
    /// The pause after a number of failed attempts. `dice` is uniform.
    pub(super) fn pause(&self, failed: u32, dice: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failed.saturating_sub(1));
        let full = self.initial.saturating_mul(doubled).min(self.max);
        let share = SPREAD * f64::from(dice) / (f64::from(u32::MAX) + 1.0);
        full.saturating_sub(full.mul_f64(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let backoff = Backoff {
            initial: Duration::from_millis(100),
            max: Duration::from_secs(1),
        };
        let pauses: Vec<_> = (1..=6)
            .map(|failed| backoff.pause(failed, 0).as_millis())
            .collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000]);
    }

    proptest! {
        #[test]
        fn chance_takes_off_a_quarter_at_most(initial: u64, max: u64, failed: u32, dice: u32) {
            let backoff = Backoff {
                initial: Duration::from_millis(initial.min(max)),
                max: Duration::from_millis(max),
            };
            let full = backoff.pause(failed, 0);
            let pause = backoff.pause(failed, dice);
            prop_assert!(pause <= full);
            prop_assert!(full <= backoff.max);
            prop_assert!(pause >= full.mul_f64(0.749));
        }
    }
}
