//! Lines over steps, each with its name at its end.

use anyhow::Result;
use plotters::style::RGBColor;

use super::{
    Scale, Tone,
    canvas::{self, Canvas, FAINT, GRID, INK, SMALL, Side, TITLE, between},
    scale::{Axis, label},
};
use crate::rounds::Series;

pub(crate) struct Lines {
    pub(crate) title: String,
    /// What is measured and in which unit: "nanoseconds a call".
    pub(crate) axis: String,
    pub(crate) scale: Scale,
    /// What the steps are: "entries".
    pub(crate) steps: String,
    /// Their labels, from left to right, at equal distances.
    pub(crate) at: Vec<String>,
    pub(crate) all: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) tone: Tone,
    /// One a step; an empty one leaves a gap.
    pub(crate) series: Vec<Series>,
}

impl Line {
    /// In the tone that fits the name.
    pub(crate) fn new(name: &str, series: Vec<Series>) -> Self {
        Self {
            name: name.to_owned(),
            tone: Tone::of(name),
            series,
        }
    }
}

const WIDTH: i32 = 900;
const HEIGHT: i32 = 500;
const LEFT: i32 = 70;
const RIGHT: i32 = WIDTH - 270;
const TOP: i32 = 66;
const END: i32 = HEIGHT - 92;
/// Between two names at least.
const APART: i32 = 16;

/// Told apart also by those who do not see red and green.
const PEERS: [RGBColor; 8] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x7f, 0x4f, 0xb0),
    RGBColor(0x8c, 0x56, 0x4b),
    RGBColor(0x17, 0xa2, 0xb8),
    RGBColor(0x9a, 0x9a, 0x2a),
];

impl Lines {
    pub(in crate::report) fn draw(&self) -> Result<String> {
        let all = || self.all.iter().flat_map(|line| &line.series);
        let medians: Vec<f64> = all().map(Series::median).collect();
        let extremes: Vec<f64> = all().map(Series::most).collect();
        let axis = Axis::new(self.scale, &medians, &extremes);
        canvas::drawn((WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), |canvas| {
            canvas.text(&self.title, (16, 22), Side::Left, TITLE, INK)?;
            let logarithmic = match self.scale {
                Scale::Linear => "",
                Scale::Log => ", logarithmic",
            };
            let caption = format!(
                "{}{logarithmic}; median, whiskers from the least to the most",
                self.axis
            );
            canvas.text(&caption, (16, 44), Side::Left, SMALL, FAINT)?;
            for tick in axis.ticks() {
                let y = between(END, TOP, axis.place(tick));
                canvas.path(vec![(LEFT, y), (RIGHT, y)], GRID, 1)?;
                canvas.text(&label(tick), (LEFT - 8, y), Side::Right, SMALL, FAINT)?;
            }
            for (at, step) in self.at.iter().enumerate() {
                for (line, y) in wrapped(step, self.width())
                    .iter()
                    .zip((END + 18..).step_by(14))
                {
                    canvas.text(line, (self.x(at), y), Side::Middle, SMALL, FAINT)?;
                }
            }
            let middle = (i32::midpoint(LEFT, RIGHT), HEIGHT - 16);
            canvas.text(&self.steps, middle, Side::Middle, SMALL, FAINT)?;
            self.draw_lines(canvas, &axis)
        })
    }

    fn x(&self, step: usize) -> i32 {
        let steps = i32::try_from(self.at.len()).unwrap_or(1).max(1);
        let step = i32::try_from(step).unwrap_or(0);
        between(LEFT, RIGHT, (f64::from(step) + 0.5) / f64::from(steps))
    }

    /// Letters that have room below a step.
    fn width(&self) -> usize {
        usize::try_from((RIGHT - LEFT) / 7).unwrap_or(0) / self.at.len().max(1)
    }

    fn draw_lines(&self, canvas: &Canvas<'_>, axis: &Axis) -> Result<()> {
        let mut peers = PEERS.iter().cycle();
        let mut names = Vec::new();
        for line in &self.all {
            let (colour, width) = match line.tone {
                Tone::Peer => (peers.next().copied().unwrap_or(INK), 1),
                Tone::Ours => (canvas::colour(line.tone), 3),
                Tone::Reference => (FAINT, 1),
                Tone::Base => (canvas::colour(line.tone), 2),
            };
            let y = |value: f64| between(END, TOP, axis.place(value).clamp(0.0, 1.0));
            let mut points = Vec::new();
            for (at, series) in line.series.iter().enumerate() {
                let (x, median) = (self.x(at), series.median());
                if median.is_finite() {
                    let whisker = vec![(x, y(series.least())), (x, y(series.most()))];
                    canvas.path(whisker, colour, 1)?;
                    canvas.dot((x, y(median)), 3, colour)?;
                    points.push((x, y(median)));
                }
            }
            if let Some(last) = points.last() {
                names.push((*last, line.name.as_str(), colour));
            }
            canvas.path(points, colour, width)?;
        }
        names.sort_by_key(|((_, y), _, _)| *y);
        let wanted: Vec<i32> = names.iter().map(|((_, y), _, _)| *y).collect();
        for (((x, y), name, colour), at) in names.into_iter().zip(apart(&wanted)) {
            canvas.path(vec![(x + 5, y), (RIGHT + 6, at)], GRID, 1)?;
            canvas.text(name, (RIGHT + 10, at), Side::Left, SMALL, colour)?;
        }
        Ok(())
    }
}

/// The words of a label in lines of so many letters, or a word a line.
fn wrapped(label: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The nearest places to those wanted, from top to bottom, where no name lies on another, and all are on the plot.
fn apart(wanted: &[i32]) -> Vec<i32> {
    let mut places = Vec::with_capacity(wanted.len());
    let mut free = TOP;
    for y in wanted {
        let at = free.max(*y);
        places.push(at);
        free = at + APART;
    }
    let mut free = END;
    for at in places.iter_mut().rev() {
        *at = free.min(*at);
        free = *at - APART;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lie_apart() {
        let places = apart(&[70, 71, 72, 300, END, END]);
        assert!(
            places.windows(2).all(|pair| pair[1] - pair[0] >= APART),
            "{places:?}"
        );
        assert!(
            places.iter().all(|at| (TOP..=END).contains(at)),
            "{places:?}"
        );
    }

    #[test]
    fn long_labels_take_several_lines() {
        assert_eq!(wrapped("two of 100 bytes", 8), ["two of", "100", "bytes"]);
        assert_eq!(wrapped("1,000,000", 3), ["1,000,000"]);
    }

    #[test]
    fn a_plot_names_its_lines_and_steps() {
        let lines = Lines {
            title: String::from("A hit"),
            axis: String::from("nanoseconds a call"),
            scale: Scale::Log,
            steps: String::from("entries"),
            at: vec![String::from("1,000"), String::from("1,000,000")],
            all: vec![Line::new(
                "moka",
                vec![[10.0].into_iter().collect(), Series::default()],
            )],
        };
        let svg = lines.draw().unwrap();
        for text in [
            "A hit",
            "nanoseconds a call",
            "entries",
            "1,000,000",
            "moka",
        ] {
            assert!(svg.contains(text), "{text} in {svg}");
        }
    }
}
