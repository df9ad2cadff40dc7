//! The patterns of a mutator in the making: filled by its parameters, and later by what it returns.

use cached_key::{KeyMemory, KeyWriter, Pattern, PatternBuf, Tail};

use crate::{caches::Target, key_part::KeyPart};

/// When a mutator invalidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// However the call ends, once its body has begun.
    Always,
    /// Only when it returns, and returns no `Err`.
    Ok,
}

enum Piece {
    Text(&'static str),
    Value(String),
    /// A segment of any text.
    Any,
    /// A value that could not be written: its segment may have any text.
    Unknown,
    /// Filled from the success value.
    Hole,
}

struct Draft {
    pieces: Vec<Piece>,
    tail: Tail,
    on: On,
    /// It means the tags of entries, not their keys.
    tag: bool,
}

impl Draft {
    /// The pattern, with the holes filled in order. A hole that nothing fills widens its segment to any: too much is
    /// safe, too little is not.
    fn finish(&self, holes: &mut impl Iterator<Item = Option<String>>) -> Pattern {
        let mut pattern = PatternBuf::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => pattern.text(text),
                Piece::Value(value) => pattern.value(value),
                Piece::Any => pattern.any_segment(),
                Piece::Unknown => pattern.widen(),
                Piece::Hole => match holes.next().flatten() {
                    Some(value) => pattern.value(&value),
                    None => pattern.widen(),
                },
            }
        }
        pattern.finish(self.tail)
    }
}

/// The patterns of a mutator as its parameters fill them.
#[derive(Default)]
pub struct Drafts(Vec<Draft>);

impl Drafts {
    fn push(&mut self, piece: Piece) {
        if let Some(draft) = self.0.last_mut() {
            draft.pieces.push(piece);
        }
    }

    /// Begins a pattern of keys.
    pub fn begin(&mut self, on: On) {
        self.push_draft(on, false);
    }

    /// Begins a pattern of tags.
    pub fn begin_tag(&mut self, on: On) {
        self.push_draft(on, true);
    }

    fn push_draft(&mut self, on: On, tag: bool) {
        self.0.push(Draft {
            pieces: Vec::new(),
            tail: Tail::Exact,
            on,
            tag,
        });
    }

    /// Literal text of the pattern.
    pub fn text(&mut self, text: &'static str) {
        self.push(Piece::Text(text));
    }

    /// A segment of any text.
    pub fn any(&mut self) {
        self.push(Piece::Any);
    }

    /// A place for a field of the success value.
    pub fn hole(&mut self) {
        self.push(Piece::Hole);
    }

    /// A parameter. One whose `Display` fails may have any text.
    pub fn write(&mut self, part: impl KeyPart) {
        self.push(render(&part).map_or(Piece::Unknown, Piece::Value));
    }

    /// Ends the pattern.
    pub fn end(&mut self, tail: Tail) {
        if let Some(draft) = self.0.last_mut() {
            draft.tail = tail;
        }
    }

    /// What is to be invalidated after a call that succeeded or did not. `holes` has a value for each hole, in order.
    pub(super) fn targets(&self, holes: Holes, succeeded: bool) -> Vec<Target> {
        let mut holes = holes.0.into_iter();
        let mut targets = Vec::with_capacity(self.0.len());
        for draft in &self.0 {
            let pattern = draft.finish(&mut holes);
            if succeeded || draft.on == On::Always {
                targets.push(if draft.tag {
                    Target::Tags(pattern)
                } else {
                    Target::Keys(pattern)
                });
            }
        }
        targets
    }

    pub(crate) fn into_pattern(self) -> Pattern {
        // Expanded code begins exactly one.
        self.0.first().map_or_else(
            || PatternBuf::new().finish(Tail::Exact),
            |draft| draft.finish(&mut std::iter::empty()),
        )
    }
}

/// A value as it stands in keys; `None` if its `Display` failed.
fn render(part: &impl KeyPart) -> Option<String> {
    let mut memory = KeyMemory::new();
    let mut key = KeyWriter::new(&mut memory);
    key.value(|out| part.write(out));
    if key.is_broken() {
        return None;
    }
    String::from_utf8(key.as_bytes().to_vec()).ok()
}

/// The values for the holes, in their order.
#[derive(Default)]
pub struct Holes(Vec<Option<String>>);

impl Holes {
    /// Fills the next hole.
    pub fn write(&mut self, part: impl KeyPart) {
        self.0.push(render(&part));
    }
}
