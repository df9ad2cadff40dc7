//! Texts without the names of their placeholders, spelt like each other.

use crate::pattern_template::{PatternPart, PatternTemplate};
use crate::shape::{Atom, Segment};
use crate::suggest::{distance, rank};

/// Neither stands in literal text.
pub(crate) const PLACEHOLDER: char = '<';
const STAR: &str = "*";

/// Segments without the names of their placeholders.
pub(crate) fn outlines(segments: &[Segment<'_>]) -> Vec<String> {
    let outline = |segment: &Segment<'_>| {
        let mut out = String::new();
        for atom in segment {
            match atom {
                Atom::Text(text) => out.push_str(text),
                Atom::Value(_) => out.push(PLACEHOLDER),
                Atom::AnySegment => out.push_str(STAR),
            }
        }
        out
    };
    segments.iter().map(outline).collect()
}

/// The same in one piece.
pub(crate) fn outline(pattern: &PatternTemplate) -> String {
    let mut out = String::new();
    for part in pattern.parts() {
        match part {
            PatternPart::Text(text) => out.push_str(text),
            PatternPart::Value(_) => out.push(PLACEHOLDER),
            PatternPart::AnySegment => out.push_str(STAR),
        }
    }
    out
}

/// Whether `text` may begin with what is one edit away from `model`: the rest of both behind the first difference must be the
/// same again.
pub(crate) fn may_be_near(text: &str, model: &str) -> bool {
    let (text, model) = (text.as_bytes(), model.as_bytes());
    let same = text.iter().zip(model).take_while(|(a, b)| a == b).count();
    // Two letters that are swapped have up to eight bytes.
    let rest = model.get(same + 8..).unwrap_or_default();
    let mut behind = same..=same + 16;
    model.contains(&b'*') || behind.any(|at| text.get(at..).unwrap_or_default().starts_with(rest))
}

/// Segments spelt like others.
pub(crate) struct Respelt {
    pub(crate) segments: Vec<String>,
    pub(crate) edits: usize,
    pub(crate) is_slip: bool,
}

impl Respelt {
    /// `own` spelt like `model`, if it nearly is.
    pub(crate) fn new(own: &[String], model: &[String]) -> Option<Self> {
        let (wrong, right) = (own.join(":"), model.join(":"));
        let has_star = wrong.contains(STAR) || right.contains(STAR);
        if own.len() == model.len() {
            let respelt = Self::one_by_one(own, model);
            // A letter and the separator beside it in the wrong order concern two segments.
            let is_swap = respelt.as_ref().is_none_or(|it| it.edits > 1) && is_swap(&wrong, &right);
            return if is_swap {
                Some(Self::whole(model, 1, true))
            } else {
                respelt
            };
        }
        if has_star || wrong.len().abs_diff(right.len()) > 8 {
            return None;
        }
        let edits = distance(&wrong, &right);
        (edits <= 2).then(|| Self::whole(model, edits, edits == 1 && are_words(&wrong, &right)))
    }

    fn whole(model: &[String], edits: usize, is_slip: bool) -> Self {
        Self {
            segments: model.to_vec(),
            edits,
            is_slip,
        }
    }

    fn one_by_one(own: &[String], model: &[String]) -> Option<Self> {
        let mut respelt = Self {
            segments: Vec::new(),
            edits: 0,
            is_slip: false,
        };
        for (wrong, right) in own.iter().zip(model) {
            let is_value = |text: &str| text.chars().eq([PLACEHOLDER]);
            // One may be a value of the other.
            let is_filled = is_value(wrong) && !right.contains(PLACEHOLDER)
                || is_value(right) && !wrong.contains(PLACEHOLDER);
            let keeps = wrong == right || wrong == STAR || right == STAR || is_filled;
            let (segment, edits) = if keeps {
                (wrong, 0)
            } else {
                (right, rank(wrong, right)?.max(1))
            };
            respelt.edits += edits;
            // Or there is a character beside the placeholder.
            let is_slip = are_words(wrong, right) || is_value(wrong) || is_value(right);
            respelt.is_slip |= edits > 0 && distance(wrong, right) == 1 && is_slip;
            respelt.segments.push(segment.clone());
        }
        respelt.is_slip &= respelt.edits == 1;
        Some(respelt)
    }

    pub(crate) fn text(&self) -> String {
        self.segments.join(":")
    }

    pub(crate) fn ends_in_placeholder(&self) -> bool {
        let last = self.segments.last();
        last.is_some_and(|last| last.ends_with(PLACEHOLDER))
    }
}

/// Whether two neighbours are in the wrong order.
fn is_swap(wrong: &str, right: &str) -> bool {
    let differing = wrong.char_indices().zip(right.chars());
    let at = differing.filter(|((_, one), other)| one != other);
    let Some(((at, _), _)) = at.into_iter().next() else {
        return false;
    };
    let rest = |text: &str| text.get(at..).map(|rest| rest.chars().collect::<Vec<_>>());
    match (rest(wrong).as_deref(), rest(right).as_deref()) {
        (Some([a, b, rest @ ..]), Some([c, d, others @ ..])) => a == d && b == c && rest == others,
        _ => false,
    }
}

/// Whether they are long enough for a letter to be a slip, and do not differ in a number.
fn are_words(wrong: &str, right: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| !c.is_ascii_digit());
        letters.collect()
    };
    let is_numbered = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let numbers_differ =
        is_numbered(wrong) && is_numbered(right) && letters(wrong) == letters(right);
    wrong.chars().count().max(right.chars().count()) >= 4 && !numbers_differ
}
