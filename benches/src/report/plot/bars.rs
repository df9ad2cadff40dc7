//! Horizontal bars in groups, each with its name before it and its median behind it.

use anyhow::Result;

use super::{
    Scale, Tone,
    canvas::{self, Canvas, FAINT, GRID, INK, SMALL, Side, TITLE, between},
    scale::{Axis, label},
};
use crate::{report::figure, rounds::Series};

pub(crate) struct Bars {
    pub(crate) title: String,
    /// What is measured and in which unit: "nanoseconds a call".
    pub(crate) axis: String,
    pub(crate) scale: Scale,
    pub(crate) groups: Vec<Group>,
}

pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) bars: Vec<Bar>,
}

pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) tone: Tone,
    pub(crate) series: Series,
}

impl Bar {
    /// In the tone that fits the name.
    pub(crate) fn new(name: &str, series: Series) -> Self {
        Self {
            name: name.to_owned(),
            tone: Tone::of(name),
            series,
        }
    }
}

const WIDTH: i32 = 900;
const LEFT: i32 = 270;
const RIGHT: i32 = WIDTH - 90;
const TOP: i32 = 44;
const ROW: i32 = 22;
const HEADING: i32 = 32;
const BOTTOM: i32 = 54;

impl Bars {
    pub(super) fn height(&self) -> i32 {
        let rows = self.groups.iter().map(|group| {
            let bars = i32::try_from(group.bars.len()).unwrap_or(0);
            group.heading() + ROW * bars
        });
        rows.sum()
    }

    fn all(&self) -> impl Iterator<Item = &Series> {
        let bars = self.groups.iter().flat_map(|group| &group.bars);
        bars.map(|bar| &bar.series)
    }

    pub(in crate::report) fn draw(&self) -> Result<String> {
        let medians: Vec<f64> = self.all().map(Series::median).collect();
        let extremes: Vec<f64> = self.all().map(Series::most).collect();
        let axis = Axis::new(self.scale, &medians, &extremes);
        let end = TOP + self.height();
        let size = (WIDTH.unsigned_abs(), (end + BOTTOM).unsigned_abs());
        canvas::drawn(size, |canvas| {
            canvas.text(&self.title, (16, 22), Side::Left, TITLE, INK)?;
            for tick in axis.ticks() {
                let x = between(LEFT, RIGHT, axis.place(tick));
                canvas.path(vec![(x, TOP), (x, end)], GRID, 1)?;
                canvas.text(&label(tick), (x, end + 14), Side::Middle, SMALL, FAINT)?;
            }
            let middle = i32::midpoint(LEFT, RIGHT);
            canvas.text(
                &self.caption(),
                (middle, end + 36),
                Side::Middle,
                SMALL,
                FAINT,
            )?;
            let mut y = TOP;
            for group in &self.groups {
                if group.heading() > 0 {
                    let at = (16, y + HEADING - 12);
                    canvas.text(&group.title, at, Side::Left, SMALL + 1, INK)?;
                    y += HEADING;
                }
                for bar in &group.bars {
                    self.draw_bar(canvas, &axis, bar, y + ROW / 2)?;
                    y += ROW;
                }
            }
            Ok(())
        })
    }

    fn caption(&self) -> String {
        let logarithmic = match self.scale {
            Scale::Linear => "",
            Scale::Log => ", logarithmic",
        };
        format!(
            "{}{logarithmic}; median, whiskers from the least to the most",
            self.axis
        )
    }

    fn draw_bar(&self, canvas: &Canvas<'_>, axis: &Axis, bar: &Bar, y: i32) -> Result<()> {
        let ink = if bar.tone == Tone::Ours {
            canvas::colour(bar.tone)
        } else {
            INK
        };
        canvas.text(&bar.name, (LEFT - 8, y), Side::Right, SMALL, ink)?;
        let median = bar.series.median();
        if !median.is_finite() {
            return canvas.text("–", (LEFT + 6, y), Side::Left, SMALL, FAINT);
        }
        let x = between(LEFT, RIGHT, axis.place(median));
        let colour = canvas::colour(bar.tone);
        match self.scale {
            Scale::Linear => {
                let zero = between(LEFT, RIGHT, axis.place(0.0));
                canvas.rectangle((zero.min(x), y - 7), (zero.max(x), y + 7), colour)?;
            }
            Scale::Log => canvas.dot((x, y), 5, colour)?,
        }
        let end = whisker(canvas, axis, &bar.series, y)?;
        canvas.text(&figure(median), (end.max(x) + 8, y), Side::Left, SMALL, ink)
    }
}

impl Group {
    fn heading(&self) -> i32 {
        if self.title.is_empty() { 0 } else { HEADING }
    }
}

/// Returns where it ends. One that goes on beyond the axis has no cap.
fn whisker(canvas: &Canvas<'_>, axis: &Axis, series: &Series, y: i32) -> Result<i32> {
    let ends = [series.least(), series.most()].map(|value| axis.place(value));
    let [from, to] = ends.map(|place| between(LEFT, RIGHT, place.clamp(0.0, 1.0)));
    canvas.path(vec![(from, y), (to, y)], INK, 1)?;
    for (x, place) in [from, to].into_iter().zip(ends) {
        if (0.0..=1.0).contains(&place) {
            canvas.path(vec![(x, y - 3), (x, y + 3)], INK, 1)?;
        }
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_names_its_bars_its_unit_and_its_medians() {
        for scale in [Scale::Linear, Scale::Log] {
            let bar = |name, values: [f64; 3]| Bar::new(name, values.into_iter().collect());
            let bars = Bars {
                title: String::from("A hit"),
                axis: String::from("nanoseconds a call"),
                scale,
                groups: vec![Group {
                    title: String::from("1,000 entries"),
                    bars: vec![bar("a", [10.0, 42.5, 80.0]), bar("b & c", [f64::NAN; 3])],
                }],
            };
            let svg = bars.draw().unwrap();
            for text in [
                "A hit",
                "nanoseconds a call",
                "1,000 entries",
                "b &amp; c",
                "42.5",
            ] {
                assert!(svg.contains(text), "{text} in {svg}");
            }
        }
    }
}
