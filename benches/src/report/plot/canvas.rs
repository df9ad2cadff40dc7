//! The few things that plots are made of, in pixels.

use anyhow::{Result, anyhow};
use plotters::{
    coord::Shift,
    prelude::{
        Circle, DrawingArea, IntoDrawingArea as _, PathElement, Rectangle, SVGBackend, Text,
    },
    style::{
        Color as _, IntoFont as _, IntoTextStyle as _, RGBColor,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::Tone;

pub(super) const GROUND: RGBColor = RGBColor(0xfc, 0xfc, 0xfa);
pub(super) const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
pub(super) const FAINT: RGBColor = RGBColor(0x6a, 0x73, 0x7d);
pub(super) const GRID: RGBColor = RGBColor(0xe1, 0xe4, 0xe8);
const OURS: RGBColor = RGBColor(0x1f, 0x6f, 0xc4);
const BASE: RGBColor = RGBColor(0x57, 0x60, 0x6a);
const PEER: RGBColor = RGBColor(0xb4, 0xbb, 0xc3);
const REFERENCE: RGBColor = RGBColor(0xdc, 0xe0, 0xe4);

pub(super) const SMALL: i32 = 12;
pub(super) const TITLE: i32 = 15;

pub(super) fn colour(tone: Tone) -> RGBColor {
    match tone {
        Tone::Ours => OURS,
        Tone::Base => BASE,
        Tone::Peer => PEER,
        Tone::Reference => REFERENCE,
    }
}

#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

pub(super) struct Canvas<'a>(DrawingArea<SVGBackend<'a>, Shift>);

/// Draws on a canvas of this size and returns the SVG.
pub(super) fn drawn(
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Result<()>,
) -> Result<String> {
    let mut svg = String::new();
    {
        let canvas = Canvas(SVGBackend::with_string(&mut svg, size).into_drawing_area());
        canvas.0.fill(&GROUND).map_err(failed)?;
        draw(&canvas)?;
        canvas.0.present().map_err(failed)?;
    }
    Ok(svg)
}

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw: {error}")
}

impl Canvas<'_> {
    /// `side` says which side of the text is at `at`.
    pub(super) fn text(
        &self,
        text: &str,
        at: (i32, i32),
        side: Side,
        height: i32,
        colour: RGBColor,
    ) -> Result<()> {
        let horizontal = match side {
            Side::Left => HPos::Left,
            Side::Middle => HPos::Center,
            Side::Right => HPos::Right,
        };
        let style = ("sans-serif", height)
            .into_font()
            .into_text_style(&self.0)
            .pos(Pos::new(horizontal, VPos::Center))
            .color(&colour);
        self.0
            .draw(&Text::new(text.to_owned(), at, style))
            .map_err(failed)
    }

    pub(super) fn rectangle(
        &self,
        from: (i32, i32),
        to: (i32, i32),
        colour: RGBColor,
    ) -> Result<()> {
        self.0
            .draw(&Rectangle::new([from, to], colour.filled()))
            .map_err(failed)
    }

    pub(super) fn path(&self, points: Vec<(i32, i32)>, colour: RGBColor, width: u32) -> Result<()> {
        self.0
            .draw(&PathElement::new(points, colour.stroke_width(width)))
            .map_err(failed)
    }

    pub(super) fn dot(&self, at: (i32, i32), radius: i32, colour: RGBColor) -> Result<()> {
        self.0
            .draw(&Circle::new(at, radius, colour.filled()))
            .map_err(failed)
    }
}

/// `share` of the way from one pixel to another.
#[expect(clippy::cast_possible_truncation, reason = "a plot has few pixels")]
pub(super) fn between(from: i32, to: i32, share: f64) -> i32 {
    let share = if share.is_finite() {
        share.clamp(-1.0, 2.0)
    } else {
        0.0
    };
    (f64::from(from) + share * f64::from(to - from)).round() as i32
}
