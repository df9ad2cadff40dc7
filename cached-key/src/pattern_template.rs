//! A pattern with placeholders, as an attribute or `pattern!` holds it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::cover::covers;
use crate::error::{Error, Errors};
use crate::fault::Subject;
use crate::path::Path;
use crate::pattern::Tail;
use crate::scan::{Kind, Stage, scan};
use crate::structure::check;

/// A piece of a pattern template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PatternPart {
    /// Literal text, separators included.
    Text(String),
    /// A placeholder.
    Value(Path),
    /// A `*` that is a segment of its own.
    AnySegment,
}

/// A pattern template: `conversations:user:<user_id>*`.
///
/// The star at the end is not among the [`parts`](Self::parts); it is the [`tail`](Self::tail).
///
/// ```
/// use cached_key::{PatternPart, PatternTemplate, Tail};
///
/// let pattern = PatternTemplate::parse("messages:*:draft:*").unwrap();
/// assert_eq!(pattern.parts(), [
///     PatternPart::Text("messages:".to_owned()),
///     PatternPart::AnySegment,
///     PatternPart::Text(":draft".to_owned()),
/// ]);
/// assert_eq!(pattern.tail(), Tail::Below);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PatternTemplate {
    text: Box<str>,
    /// How long the first segment is, which is asked for often.
    name: usize,
    parts: Vec<PatternPart>,
    tail: Tail,
    /// Of the placeholders among the parts, in order.
    ranges: Vec<Range<usize>>,
}

impl PatternTemplate {
    /// Reads a pattern template, or says everything that is wrong with it, in source order.
    pub fn parse(text: &str) -> Result<Self, Vec<Error>> {
        let mut errors = Errors::new(text);
        let mut tokens = scan(text, Subject::Pattern, Stage::Template, &mut errors);
        check(
            text,
            Subject::Pattern,
            Stage::Template,
            &tokens,
            &mut errors,
        );
        if !errors.is_empty() {
            return Err(errors.into_sorted());
        }

        let tail = Tail::take(&mut tokens);
        let mut parts = Vec::new();
        let mut ranges = Vec::new();
        for token in tokens {
            let literal = text.get(token.range.clone()).unwrap_or_default();
            match (token.kind, parts.last_mut()) {
                (Kind::Value(path), _) => {
                    parts.push(PatternPart::Value(path));
                    ranges.push(token.range);
                }
                (Kind::Star, _) => parts.push(PatternPart::AnySegment),
                (_, Some(PatternPart::Text(before))) => before.push_str(literal),
                _ => parts.push(PatternPart::Text(literal.to_owned())),
            }
        }
        Ok(Self {
            text: text.into(),
            name: text.find(':').unwrap_or(text.len()),
            parts,
            tail,
            ranges,
        })
    }

    /// The first segment: the cache whose entries the pattern names.
    pub fn cache(&self) -> &str {
        self.text.get(..self.name).unwrap_or_default()
    }

    /// Text, placeholders and stars that are segments, without the tail.
    pub fn parts(&self) -> &[PatternPart] {
        &self.parts
    }

    /// What the star at the end, if there is one, stands for.
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// The placeholders and where they stand, `<` and `>` included.
    pub fn placeholders(&self) -> impl Iterator<Item = (&Path, Range<usize>)> {
        let paths = self.parts.iter().filter_map(|part| match part {
            PatternPart::Value(path) => Some(path),
            PatternPart::Text(_) | PatternPart::AnySegment => None,
        });
        paths.zip(self.ranges.iter().cloned())
    }

    /// Whether every key that `other` matches is matched by this pattern too, whatever the values;
    /// the same placeholder in both holds the same value.
    ///
    /// ```
    /// use cached_key::PatternTemplate;
    ///
    /// let user = PatternTemplate::parse("messages:<user>*").unwrap();
    /// let drafts = PatternTemplate::parse("messages:<user>:draft:*").unwrap();
    /// assert!(user.covers(&drafts));
    /// assert!(!drafts.covers(&user));
    /// ```
    pub fn covers(&self, other: &Self) -> bool {
        covers(self, other)
    }
}

impl fmt::Display for PatternTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PatternTemplate {
    type Err = Vec<Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
