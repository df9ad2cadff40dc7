//! How often an entry is read, in one word of its own.
//!
//! The lowest bits are what the eviction policy goes by: hits up to [`HOTTEST`], until the policy takes them. The others
//! count hits for people. An entry that is as hot as it gets is not written by a hit, but for one in many: what all cores
//! read must not be written by all of them.

// Also in models: nothing hangs on a count.
use std::sync::atomic::{AtomicU32, Ordering};

/// The hits that the policy tells apart.
const HOTTEST: u8 = 3;

const HEAT: u32 = HOTTEST as u32;
/// Set where every hit has to be noted, since the entry must not be idle.
const RESTLESS: u32 = HEAT + 1;
/// One hit, for people.
const HIT: u32 = RESTLESS << 1;
const MOST_HITS: u32 = u32::MAX / HIT;

/// Of hits that the policy need not know, one in so many is looked at.
const SAMPLE: u32 = 16;
/// The count is right to within about one part in so many.
const EXACTNESS: u32 = 64;

pub(super) struct Heat(AtomicU32);

impl Heat {
    pub(super) const fn new(restless: bool) -> Self {
        Self(AtomicU32::new(if restless { RESTLESS } else { 0 }))
    }

    /// Whether every hit has to be noted.
    #[inline]
    pub(super) fn is_restless(&self) -> bool {
        self.0.load(Ordering::Relaxed) & RESTLESS > 0
    }

    /// Whether a hit with these dice leaves nothing to note: the one word that it has to read.
    #[inline]
    pub(super) fn ignores(&self, dice: u64) -> bool {
        self.0.load(Ordering::Relaxed) & (HEAT | RESTLESS) == HEAT && !is_one_in(SAMPLE, dice)
    }

    /// Notes a hit with these dice. Two at once may count as one.
    pub(super) fn add(&self, dice: u64) {
        let before = self.0.load(Ordering::Relaxed);
        let hits = before / HIT;
        let (warmer, more) = if before & HEAT < HEAT {
            (1, 1)
        } else {
            // The more there are, the fewer of them are counted, each for all that were not.
            let step = (hits / EXACTNESS).next_power_of_two().max(SAMPLE);
            (0, if is_one_in(step, dice) { step } else { 0 })
        };
        let more = more.min(MOST_HITS - hits);
        if warmer + more > 0 {
            self.0
                .store(before + warmer + more * HIT, Ordering::Relaxed);
        }
    }

    /// Roughly how many hits there were.
    pub(super) fn hits(&self) -> u32 {
        self.0.load(Ordering::Relaxed) / HIT
    }

    /// What the policy goes by. It begins anew.
    pub(super) fn cool(&self) -> u8 {
        let word = self.0.load(Ordering::Relaxed);
        if word & HEAT > 0 {
            self.0.store(word & !HEAT, Ordering::Relaxed);
        }
        u8::try_from(word & HEAT).unwrap_or(HOTTEST)
    }

    /// Begins as warm as the entry that this one replaces, and a hit warmer: somebody has asked for it.
    pub(super) fn inherit(&self, old: &Self) {
        let heat = (old.0.load(Ordering::Relaxed) & HEAT) + 1;
        self.0.fetch_or(heat.min(HEAT), Ordering::Relaxed);
    }
}

/// Whether the dice, of which any number can be thrown, show one of the sides of a die with so many.
#[inline]
const fn is_one_in(sides: u32, dice: u64) -> bool {
    dice >> (64 - sides.trailing_zeros()) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(heat: &Heat, times: u64) {
        for n in 0..times {
            let dice = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            if !heat.ignores(dice) {
                heat.add(dice);
            }
        }
    }

    #[test]
    fn hits_are_counted_roughly_however_many_they_are() {
        for times in [1_u32, 3, 40, 1_000, 20_000, 3_000_000] {
            let heat = Heat::new(false);
            hit(&heat, times.into());
            let (least, most) = (times - times / 10 - times.min(16), times + times / 10 + 16);
            let hits = heat.hits();
            assert!((least..=most).contains(&hits), "{hits} for {times}");
        }
    }

    #[test]
    fn what_is_hot_is_left_alone() {
        let heat = Heat::new(false);
        hit(&heat, 3);
        assert!(heat.ignores(u64::MAX) && !heat.ignores(0));
        assert_eq!((heat.cool(), heat.cool()), (HOTTEST, 0));
        assert!(!heat.ignores(u64::MAX));
        assert_eq!(heat.hits(), 3);
    }

    #[test]
    fn what_must_not_be_idle_hears_of_every_hit() {
        let heat = Heat::new(true);
        hit(&heat, 100);
        assert!(!heat.ignores(u64::MAX));
        assert_eq!(heat.cool(), HOTTEST);
    }

    #[test]
    fn the_count_stays_in_range() {
        let heat = Heat::new(true);
        heat.0.store(u32::MAX - 1, Ordering::Relaxed);
        (0..10).for_each(|_| heat.add(0));
        assert_eq!((heat.hits(), heat.cool()), (MOST_HITS, HOTTEST));
    }

    #[test]
    fn a_new_entry_is_as_warm_as_the_old_one_and_has_no_hits() {
        let (old, new) = (Heat::new(false), Heat::new(false));
        hit(&old, 1);
        new.inherit(&old);
        assert_eq!((new.cool(), new.hits()), (2, 0));
    }
}
