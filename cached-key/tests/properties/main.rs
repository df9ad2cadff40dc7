//! What holds for every text, every value and every pattern.
#![expect(clippy::unwrap_used, reason = "what must not fail fails the test")]

mod parsing;
mod patterns;
mod texts;
mod values;

use proptest::prelude::ProptestConfig;

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
