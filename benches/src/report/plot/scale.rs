//! From values to places along an axis.

use crate::report::figure;

/// Whether equal steps or equal ratios are the same distance apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Linear,
    Log,
}

/// An axis that has all of some values on it.
pub(super) struct Axis {
    scale: Scale,
    from: f64,
    to: f64,
}

impl Axis {
    /// `values` must be on it. Of the `extremes` as much as does not squeeze the values into a corner.
    pub(super) fn new(scale: Scale, values: &[f64], extremes: &[f64]) -> Self {
        let finite = |numbers: &[f64]| -> Vec<f64> {
            let wanted =
                |number: &f64| number.is_finite() && (scale == Scale::Linear || *number > 0.0);
            numbers.iter().copied().filter(wanted).collect()
        };
        let (values, extremes) = (finite(values), finite(extremes));
        let most = values.iter().copied().fold(0.0, f64::max);
        let furthest = extremes.iter().copied().fold(most, f64::max);
        match scale {
            Scale::Linear => Self {
                scale,
                from: values.iter().copied().fold(0.0, f64::min),
                to: if most > 0.0 {
                    1.04 * furthest.min(1.5 * most)
                } else {
                    1.0
                },
            },
            Scale::Log => {
                let least = values.iter().copied().fold(f64::INFINITY, f64::min);
                let (from, to) = if least.is_finite() {
                    (least, furthest)
                } else {
                    (1.0, 10.0)
                };
                Self {
                    scale,
                    from: 0.8 * from,
                    to: 1.15 * to.min(4.0 * most.max(from)),
                }
            }
        }
    }

    /// Between 0 and 1 for what is on the axis.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Log => (value / self.from).ln() / (self.to / self.from).ln(),
        }
    }

    pub(super) fn ticks(&self) -> Vec<f64> {
        let within = |tick: &f64| (self.from..=self.to).contains(tick);
        match self.scale {
            Scale::Linear => {
                let step = nice((self.to - self.from) / 6.0);
                let first = (self.from / step).ceil();
                (0..20)
                    .map(|at| (first + f64::from(at)) * step)
                    .filter(within)
                    .collect()
            }
            Scale::Log => {
                let decades = (self.to / self.from).log10();
                let steps: &[f64] = if decades < 2.5 {
                    &[1.0, 2.0, 5.0]
                } else {
                    &[1.0]
                };
                (-12..=15)
                    .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
                    .filter(within)
                    .collect()
            }
        }
    }
}

/// The next of 1, 2, 5, 10, 20, … that is not below `step`.
fn nice(step: f64) -> f64 {
    let decade = 10_f64.powf(step.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|first| first * decade);
    steps.into_iter().find(|nice| *nice >= step).unwrap_or(step)
}

/// As short as a tick can be said.
pub(super) fn label(tick: f64) -> String {
    if tick.abs() >= 1_000.0 {
        return figure(tick);
    }
    let text = format!("{tick:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_are_on_the_axis() {
        for scale in [Scale::Linear, Scale::Log] {
            let values = [3.0, 70.0, 1_200.0];
            let axis = Axis::new(scale, &values, &[2_000_000.0]);
            for value in values {
                assert!(
                    (0.0..=1.0).contains(&axis.place(value)),
                    "{scale:?} {value}"
                );
            }
            assert!(axis.place(2_000_000.0) > 1.0, "an outlier squeezes nothing");
            assert!(axis.ticks().len() > 2, "{:?}", axis.ticks());
        }
    }

    #[test]
    fn nothing_measured_is_an_axis_too() {
        for scale in [Scale::Linear, Scale::Log] {
            assert!(!Axis::new(scale, &[f64::NAN], &[]).ticks().is_empty());
        }
    }

    #[test]
    fn ticks_are_said_shortly() {
        let labels = [0.0, 0.05, 0.5, 1.0, 20.0, 500.0, 20_000.0].map(label);
        assert_eq!(labels, ["0", "0.05", "0.5", "1", "20", "500", "20,000"]);
    }
}
