//! A trace for those who have none: Zipf-distributed reads whose favourites change slowly, and scans that pass once.

use anyhow::Result;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution as _, Zipf};

use crate::workload::SEED;

const KEYS: u32 = 50_000;
/// As of many recorded web and storage traces.
const EXPONENT: f64 = 0.9;
/// Accesses after which the favourites have moved on by one key.
const DRIFT: usize = 100;
/// One in so many accesses begins a scan.
const SCANS: u32 = 5_000;
const LENGTH_OF_A_SCAN: u32 = 1_000;

/// Keys, in the order in which they are asked for; always the same.
pub(super) fn trace(accesses: usize) -> Result<Vec<u32>> {
    let mut rng = SmallRng::seed_from_u64(SEED);
    let zipf = Zipf::new(f64::from(KEYS), EXPONENT)?;
    let mut trace = Vec::with_capacity(accesses + LENGTH_OF_A_SCAN as usize);
    let mut scanned = KEYS;
    while trace.len() < accesses {
        if rng.random_range(0..SCANS) == 0 {
            trace.extend(scanned..scanned + LENGTH_OF_A_SCAN);
            scanned += LENGTH_OF_A_SCAN;
        }
        let rank = zipf.sample(&mut rng);
        let moved = u32::try_from(trace.len() / DRIFT)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank is a whole number from 1 to `KEYS`"
        )]
        let favourite = rank as u32;
        trace.push((favourite + moved) % KEYS);
    }
    trace.truncate(accesses);
    Ok(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_always_the_same() {
        assert_eq!(trace(10_000).ok(), trace(10_000).ok());
    }
}
