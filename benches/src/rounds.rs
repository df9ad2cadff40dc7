//! Turns: every contestant once a round, in an order drawn anew for each: a noisy moment hits no one in particular, and what one
//! leaves behind in the processor is not always found by the same one.

use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom as _};

use crate::{
    report::{figure, spread},
    workload::SEED,
};

/// What one contestant needed, round by round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<f64>);

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Series {
    pub(crate) fn values(&self) -> &[f64] {
        &self.0
    }

    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let at = |n: usize| sorted.get(n).copied().unwrap_or(f64::NAN);
        if sorted.len().is_multiple_of(2) {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        } else {
            at(middle)
        }
    }

    pub(crate) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The median, and in brackets the least and the most.
    pub(crate) fn shown(&self) -> String {
        let median = self.median();
        if median.is_finite() {
            format!("{} ({})", figure(median), spread(self))
        } else {
            figure(median)
        }
    }

    /// Each round's value without that of `other` in the same round.
    pub(crate) fn less(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a - b).collect())
    }

    /// Each round's value in relation to that of `base` in the same round.
    pub(crate) fn over(&self, base: &Self) -> Self {
        Self(self.0.iter().zip(&base.0).map(|(a, b)| a / b).collect())
    }
}

/// Gives each of `contestants` a turn in each round; `turn` measures `N` things at once. A value that is not a number says
/// that a contestant has no such thing.
pub(crate) fn play<T: ?Sized, const N: usize>(
    contestants: &[Box<T>],
    rounds: usize,
    mut turn: impl FnMut(&T) -> [f64; N],
) -> Vec<[Series; N]> {
    let mut all: Vec<[Series; N]> = contestants
        .iter()
        .map(|_| std::array::from_fn(|_| Series::default()))
        .collect();
    let mut rng = SmallRng::seed_from_u64(SEED);
    let mut order: Vec<usize> = (0..contestants.len()).collect();
    for _ in 0..rounds {
        order.shuffle(&mut rng);
        for &at in &order {
            if let (Some(contestant), Some(series)) = (contestants.get(at), all.get_mut(at)) {
                let measured = turn(contestant);
                series.iter_mut().zip(measured).for_each(|(s, m)| s.push(m));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((Series(vec![5.0, 1.0, 3.0]).median() - 3.0).abs() < f64::EPSILON);
        assert!((Series(vec![5.0, 1.0, 3.0, 2.0]).median() - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn everyone_has_a_turn_a_round_and_comes_after_anyone() {
        const ROUNDS: usize = 100;
        let mut heard = Vec::new();
        let contestants = [0, 1, 2, 3].map(Box::new);
        play(&contestants, ROUNDS, |name| {
            heard.push(*name);
            [0.0]
        });
        for round in heard.chunks(contestants.len()) {
            let all: HashSet<_> = round.iter().collect();
            assert_eq!(all.len(), contestants.len());
        }
        let neighbours: HashSet<_> = heard.iter().zip(heard.iter().skip(1)).collect();
        assert!(neighbours.len() >= 12, "{neighbours:?}");
    }
}
