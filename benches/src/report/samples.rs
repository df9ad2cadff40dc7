//! What was measured, one line a round.

use std::fmt::Write as _;

use crate::rounds::Series;

const HEADER: &str = "measurement,contestant,parameters,round,value,unit\n";

/// The raw samples of one question, as comma-separated values.
pub(super) struct Samples(String);

impl Samples {
    pub(super) fn new() -> Self {
        Self(HEADER.to_owned())
    }

    pub(super) fn push(
        &mut self,
        measurement: &str,
        contestant: &str,
        parameters: &[(&str, &str)],
        unit: &str,
        series: &Series,
    ) {
        let parameters: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let [measurement, contestant, parameters, unit] =
            [measurement, contestant, &parameters.join("; "), unit].map(quoted);
        for (round, value) in series.values().iter().enumerate() {
            // Writing to a string does not fail.
            let _ = writeln!(
                self.0,
                "{measurement},{contestant},{parameters},{round},{value},{unit}"
            );
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_has_a_line() {
        let mut samples = Samples::new();
        let series: Series = [1.5, 2.0].into_iter().collect();
        let parameters = [("entries", "1,000"), ("threads", "2")];
        samples.push("hit", "moka, \"get\"", &parameters, "ns", &series);
        assert_eq!(
            samples.as_str().strip_prefix(HEADER),
            Some(
                "hit,\"moka, \"\"get\"\"\",\"entries=1,000; threads=2\",0,1.5,ns\n\
                 hit,\"moka, \"\"get\"\"\",\"entries=1,000; threads=2\",1,2,ns\n"
            )
        );
    }
}
