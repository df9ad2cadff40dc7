//! Templates cut into segments, to be compared with each other.

use crate::path::Path;
use crate::pattern_template::{PatternPart, PatternTemplate};
use crate::template::{Part, Template};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom<'a> {
    Text(&'a str),
    Value(&'a Path),
    /// Always alone in its segment.
    AnySegment,
}

pub(crate) type Segment<'a> = Vec<Atom<'a>>;

pub(crate) fn of_template(template: &Template) -> Vec<Segment<'_>> {
    segments(template.parts().iter().map(|part| match part {
        Part::Text(text) => Atom::Text(text),
        Part::Value(path) => Atom::Value(path),
    }))
}

pub(crate) fn of_pattern(pattern: &PatternTemplate) -> Vec<Segment<'_>> {
    segments(pattern.parts().iter().map(|part| match part {
        PatternPart::Text(text) => Atom::Text(text),
        PatternPart::Value(path) => Atom::Value(path),
        PatternPart::AnySegment => Atom::AnySegment,
    }))
}

fn segments<'a>(atoms: impl Iterator<Item = Atom<'a>>) -> Vec<Segment<'a>> {
    let mut segments = Vec::new();
    let mut current = Vec::new();
    for atom in atoms {
        let Atom::Text(text) = atom else {
            current.push(atom);
            continue;
        };
        for (index, piece) in text.split(':').enumerate() {
            if index > 0 {
                segments.push(std::mem::take(&mut current));
            }
            if !piece.is_empty() {
                current.push(Atom::Text(piece));
            }
        }
    }
    segments.push(current);
    segments
}
