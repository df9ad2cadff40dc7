//! Who stays where the sketch cannot tell: the newcomers or those that were there before?
//!
//! That depends on the users, so it is learned from them. Of both sides some that stayed are marked, and some that had to go
//! are remembered. When one of these is asked for again its side gets a point: a newcomer, or an old one, should have stayed.

/// What an entry was when it was decided upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Newcomer,
    Old,
}

/// The most losers that are remembered. Of larger caches that is a sample.
const LOSERS: usize = 4_096;
const FEWEST_LOSERS: usize = 64;

/// Points after which all count half: what was right long ago may not be right any more.
const MOST_POINTS: u32 = 4_096;
const FEWEST_POINTS: u32 = 32;

/// Newcomers must have more than three points for two of the others'.
const AHEAD: (u64, u64) = (3, 2);

/// The upper bits of a digest, a bit for the side, and the number of the decision.
#[derive(Clone, Copy, Default)]
struct Loser(u64);

const DIGEST_SHIFT: u32 = 33;
const SIDE: u64 = 1 << 32;

pub(super) struct Referee {
    /// A power of two of them, or none.
    losers: Vec<Loser>,
    /// Of newcomers with these bits in their digest nothing is remembered.
    ignored: u64,
    decisions: u32,
    newcomers: u32,
    old: u32,
    most_points: u32,
}

/// A decision, and whether the winner is to be marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) winner: Side,
    pub(super) is_marked: bool,
}

impl Referee {
    pub(super) const fn new() -> Self {
        Self {
            losers: Vec::new(),
            ignored: 0,
            decisions: 0,
            newcomers: 0,
            old: 0,
            most_points: FEWEST_POINTS,
        }
    }

    /// Makes it right for so many entries.
    pub(super) fn fit(&mut self, entries: usize) {
        let losers = entries.next_power_of_two().clamp(FEWEST_LOSERS, LOSERS);
        if losers != self.losers.len() {
            self.losers = vec![Loser::default(); losers];
        }
        self.ignored = (entries / losers).next_power_of_two() as u64 - 1;
        let points = u32::try_from(entries).unwrap_or(MOST_POINTS);
        self.most_points = points.clamp(FEWEST_POINTS, MOST_POINTS);
    }

    /// Whether newcomers are worth so much that it pays to wait for what becomes of them.
    pub(super) const fn likes_newcomers(&self) -> bool {
        self.newcomers > self.old / 2
    }

    /// Decides between a newcomer and one that was there before.
    pub(super) fn decide(&mut self, newcomer: u64, old: u64) -> Decision {
        let (ahead, behind) = AHEAD;
        let prefers_newcomers = u64::from(self.newcomers) * behind > u64::from(self.old) * ahead;
        let (winner, lost, loser) = if prefers_newcomers {
            (Side::Newcomer, Side::Old, old)
        } else {
            (Side::Old, Side::Newcomer, newcomer)
        };
        self.decisions = self.decisions.wrapping_add(1);
        let is_marked = (newcomer >> 8) & self.ignored == 0;
        if is_marked {
            let place = self.place(loser);
            if let Some(place) = self.losers.get_mut(place) {
                *place = Loser::new(loser, lost, self.decisions);
            }
        }
        Decision { winner, is_marked }
    }

    /// A key that was not there is asked for. If it had to go in one of the last `recent` decisions, its side gets a point.
    pub(super) fn asked_for(&mut self, digest: u64, recent: usize) {
        let place = self.place(digest);
        let Some(loser) = self.losers.get_mut(place) else {
            return;
        };
        let Loser(found) = *loser;
        if found == 0 || (found ^ digest) >> DIGEST_SHIFT != 0 {
            return;
        }
        *loser = Loser::default();
        let since = self.decisions.wrapping_sub(low_half(found));
        if since as usize <= recent {
            self.point(if found & SIDE == 0 {
                Side::Old
            } else {
                Side::Newcomer
            });
        }
    }

    /// One of a side was worth keeping, or would have been.
    pub(super) fn point(&mut self, side: Side) {
        match side {
            Side::Newcomer => self.newcomers += 1,
            Side::Old => self.old += 1,
        }
        if self.newcomers + self.old > self.most_points {
            self.newcomers /= 2;
            self.old /= 2;
        }
    }

    fn place(&self, digest: u64) -> usize {
        let mask = self.losers.len().wrapping_sub(1);
        usize::try_from(digest >> 20).unwrap_or(0) & mask
    }
}

impl Loser {
    const fn new(digest: u64, side: Side, decision: u32) -> Self {
        let side = match side {
            Side::Newcomer => SIDE,
            Side::Old => 0,
        };
        Self((digest >> DIGEST_SHIFT << DIGEST_SHIFT) | side | decision as u64)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
const fn low_half(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: u64) -> u64 {
        n.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn winner(referee: &mut Referee) -> Side {
        referee.decide(digest(1 << 40), digest(1 << 41)).winner
    }

    #[test]
    fn the_side_that_is_asked_for_again_wins() {
        let mut referee = Referee::new();
        referee.fit(100);
        assert_eq!(winner(&mut referee), Side::Old);
        for n in 0..10 {
            referee.decide(digest(n), digest(n + 1_000));
            referee.asked_for(digest(n), 100);
        }
        assert_eq!(winner(&mut referee), Side::Newcomer);
        for n in 0..20 {
            referee.decide(digest(n), digest(n + 1_000));
            referee.asked_for(digest(n + 1_000), 100);
        }
        assert_eq!(winner(&mut referee), Side::Old);
    }

    #[test]
    fn who_comes_again_too_late_or_never_lost_has_no_point() {
        let mut referee = Referee::new();
        referee.fit(100);
        referee.decide(digest(1), digest(2));
        (100..160).for_each(|n| _ = referee.decide(digest(n), digest(n + 1_000)));
        referee.asked_for(digest(1), 50);
        referee.asked_for(digest(7), 50);
        assert_eq!((referee.newcomers, referee.old), (0, 0));
    }

    #[test]
    fn points_fade() {
        let mut referee = Referee::new();
        referee.fit(10);
        (0..1_000).for_each(|_| referee.point(Side::Newcomer));
        assert!(referee.newcomers <= FEWEST_POINTS);
        (0..FEWEST_POINTS).for_each(|_| referee.point(Side::Old));
        assert!(referee.old > referee.newcomers);
    }
}
