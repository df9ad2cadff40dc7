//! Which keys are asked for, in which order.

use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom as _};

use crate::{
    contestants::Case,
    workload::{Call, SEED},
};

/// Calls a slice; with 100 ns each that is 2 ms, which is less than a scheduler gives a thread at a time. Longer slices would
/// be interrupted on a machine that is not idle, and those of the slower contestants more often.
pub(super) const CALLS: usize = 20_000;

/// Each slice has the calls of the next window, so that a large cache is not measured by the part of it that lies near.
const WINDOWS: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Distribution {
    /// Each thread has a stretch of keys to itself, lest values that lie side by side in memory share cache lines across
    /// threads.
    Uniform,
    /// The nth most popular key gets a share of 1/n; all threads have the same favourites, which lie anywhere.
    Zipf,
    OneKey,
}

/// What one thread asks for.
pub(super) struct Calls(Vec<Call>);

impl Calls {
    pub(super) fn new(distribution: Distribution, keys: u32, threads: u32, thread: u32) -> Self {
        let mut rng = SmallRng::seed_from_u64(SEED + u64::from(thread));
        let share = (keys / threads).max(1);
        let popular = Popular::new(distribution, keys);
        let call = |_| match distribution {
            Distribution::Uniform => (thread * share + rng.random_range(0..share)) % keys,
            Distribution::Zipf => popular.key(rng.random()),
            Distribution::OneKey => 0,
        };
        Self((0..CALLS * WINDOWS).map(call).map(Call).collect())
    }

    pub(super) fn window(&self, turn: usize) -> &[Call] {
        let from = CALLS * (turn % WINDOWS);
        self.0.get(from..from + CALLS).unwrap_or_default()
    }

    /// The same with the keys rendered.
    pub(super) fn keys<C: Case>(&self) -> Keys {
        Keys(self.0.iter().map(|call| C::key(*call)).collect())
    }
}

pub(super) struct Keys(Vec<String>);

impl Keys {
    pub(super) fn window(&self, turn: usize) -> &[String] {
        let from = CALLS * (turn % WINDOWS);
        self.0.get(from..from + CALLS).unwrap_or_default()
    }
}

/// Zipf's law with an exponent of 1.
struct Popular {
    /// Sums of 1/n, which are as large as a random number has to be for a less popular key.
    sums: Vec<f64>,
    keys: Vec<u32>,
}

impl Popular {
    fn new(distribution: Distribution, keys: u32) -> Self {
        let ranks = if distribution == Distribution::Zipf {
            keys
        } else {
            0
        };
        let mut sum = 0.0;
        let sums = (1..=ranks).map(|rank| {
            sum += 1.0 / f64::from(rank);
            sum
        });
        let sums = sums.collect();
        let mut keys: Vec<u32> = (0..ranks).collect();
        keys.shuffle(&mut SmallRng::seed_from_u64(SEED));
        Self { sums, keys }
    }

    /// The key for a random number below 1.
    fn key(&self, random: f64) -> u32 {
        let wanted = random * self.sums.last().copied().unwrap_or_default();
        let rank = self.sums.partition_point(|sum| *sum <= wanted);
        self.keys.get(rank).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_have_keys_of_their_own_when_they_are_uniform() {
        for (thread, keys) in [(0, 0..500), (1, 500..1_000)] {
            let calls = Calls::new(Distribution::Uniform, 1_000, 2, thread);
            assert!(calls.0.iter().all(|call| keys.contains(&call.0)));
        }
    }

    #[test]
    fn the_most_popular_key_gets_its_share() {
        let calls = Calls::new(Distribution::Zipf, 1_000, 1, 0);
        let mut counts = vec![0_u32; 1_000];
        calls.0.iter().for_each(|call| counts[call.0 as usize] += 1);
        counts.sort_unstable();
        let total: u32 = counts.iter().sum();
        let share = |rank: usize| f64::from(counts[1_000 - rank]) / f64::from(total);
        // 1 + 1/2 + … + 1/1,000 is 7.485.
        assert!((share(1) - 1.0 / 7.485).abs() < 0.005, "{}", share(1));
        assert!((share(2) - 0.5 / 7.485).abs() < 0.005, "{}", share(2));
    }

    #[test]
    fn windows_are_full_and_differ() {
        let calls = Calls::new(Distribution::Uniform, 1_000_000, 1, 0);
        let of = |turn| {
            calls
                .window(turn)
                .iter()
                .map(|call| call.0)
                .collect::<Vec<_>>()
        };
        assert!((0..=WINDOWS).all(|turn| of(turn).len() == CALLS));
        assert_ne!(of(0), of(1));
        assert_eq!(of(0), of(WINDOWS));
    }
}
