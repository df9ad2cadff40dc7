//! Plots of medians with their spread, on a light ground of their own, so that a dark page does not swallow them.

mod bars;
mod canvas;
mod lines;
mod scale;

pub(crate) use self::{
    bars::{Bar, Bars, Group},
    lines::{Line, Lines},
    scale::Scale,
};

use crate::contestants::BASE;

/// How much something stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tone {
    /// This toolkit.
    Ours,
    /// What the ratios are taken to.
    Base,
    Peer,
    /// What does other work, and is there to be compared with.
    Reference,
}

impl Tone {
    /// By the names that contestants have: a dash begins those that do other work.
    pub(crate) fn of(name: &str) -> Self {
        if name == BASE {
            Self::Base
        } else if name.starts_with('–') {
            Self::Reference
        } else if name.starts_with("this toolkit") {
            Self::Ours
        } else {
            Self::Peer
        }
    }
}
