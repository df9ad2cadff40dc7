//! Moments to within about a second, which is as exactly as memory need be given back.

use crate::time::Moment;

/// Nanoseconds in a tick, as a power of two: 1.07 seconds.
const SHIFT: u32 = 30;

/// A moment rounded down. Of those more than 146 years after the clock's origin it does not tell which comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cache) struct Tick(u32);

impl Tick {
    pub(super) const LAST: Self = Self(u32::MAX);

    pub(in crate::cache) fn of(moment: Moment) -> Self {
        Self(u32::try_from(moment.nanos() >> SHIFT).unwrap_or(u32::MAX))
    }

    /// The moment at which it begins.
    pub(in crate::cache) fn begins(self) -> Moment {
        Moment::from_nanos(u64::from(self.0) << SHIFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_moment_is_not_before_its_tick() {
        for nanos in [0, 1, (1 << SHIFT) - 1, 1 << SHIFT, 1 << 60, u64::MAX] {
            let moment = Moment::from_nanos(nanos);
            let tick = Tick::of(moment);
            assert!(tick.begins() <= moment);
            assert!(
                tick == Tick::LAST || moment.since(tick.begins()) < Duration::from_millis(1_074)
            );
        }
    }
}
