//! Builds a pattern from rendered pieces.

use std::mem;

use crate::pattern::{Pattern, Segment, Tail};

/// Fills the parts of a checked [`PatternTemplate`](crate::PatternTemplate) one by one.
///
/// ```
/// use cached_key::{PatternBuf, Tail};
///
/// let mut pattern = PatternBuf::new();
/// pattern.text("messages:user:");
/// pattern.value("a%3Ab");
/// assert_eq!(pattern.finish(Tail::AtOrBelow).to_string(), "messages:user:a%3Ab{,:*}");
/// ```
#[derive(Clone, Default, Debug)]
pub struct PatternBuf {
    done: Vec<Segment>,
    current: String,
    /// The current segment is `*`, whatever else was written into it.
    wide: bool,
}

impl PatternBuf {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Literal text of the template, separators included.
    pub fn text(&mut self, literal: &str) {
        let mut segments = literal.split(':');
        self.current.push_str(segments.next().unwrap_or_default());
        for next in segments {
            self.end_segment();
            self.current.push_str(next);
        }
    }

    /// A value, encoded already.
    pub fn value(&mut self, encoded: &str) {
        self.current.push_str(encoded);
    }

    /// A `*` that is a segment of its own.
    pub fn any_segment(&mut self) {
        self.widen();
    }

    /// Makes the current segment `*`, whatever else it holds: its value is not known.
    pub fn widen(&mut self) {
        self.wide = true;
    }

    /// The pattern; `tail` says what may follow the last segment.
    ///
    /// A last segment that was widened ends in [`Tail::Below`]: `a:*` has no narrower reading.
    pub fn finish(mut self, tail: Tail) -> Pattern {
        let opened_by_tail = tail == Tail::Below && self.current.is_empty() && !self.wide;
        if !opened_by_tail {
            self.end_segment();
        }
        let tail = match tail {
            Tail::Below => Tail::Below,
            _ if self.done.pop_if(|last| *last == Segment::Any).is_some() => Tail::Below,
            // An invalidation names its cache: `conv*` would name several.
            Tail::Continues if self.done.len() < 2 => Tail::AtOrBelow,
            other => other,
        };
        Pattern {
            segments: self.done.into(),
            tail,
        }
    }

    fn end_segment(&mut self) {
        let text = mem::take(&mut self.current);
        let segment = if mem::take(&mut self.wide) {
            Segment::Any
        } else {
            Segment::Literal(text.into())
        };
        self.done.push(segment);
    }
}
