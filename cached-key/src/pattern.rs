//! A pattern with its values filled in, and the one matcher.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use crate::error::{Error, Errors};
use crate::fault::{Fault, Subject};
use crate::key::Key;
use crate::pattern_buf::PatternBuf;
use crate::scan::{Kind, Stage, Token, scan};
use crate::structure::check;

/// How [`Tail::AtOrBelow`] is written in a pattern without placeholders.
const AT_OR_BELOW: &str = "{,:*}";

/// What a pattern says about the end of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tail {
    /// No star at the end: the key ends with the pattern.
    Exact,
    /// `a:*`: everything below `a`, not `a` itself.
    Below,
    /// `user:<id>*`: the key `user:1` and everything below it, never `user:12`.
    AtOrBelow,
    /// `user:ab*`: every key whose text starts with `user:ab`.
    Continues,
}

impl Tail {
    /// Takes the star at the end, and the separator before it, off the tokens of a sound pattern.
    pub(crate) fn take(tokens: &mut Vec<Token>) -> Self {
        if tokens.pop_if(|last| last.is_star()).is_none() {
            return Self::Exact;
        }
        if tokens.pop_if(|last| last.is_separator()).is_some() {
            return Self::Below;
        }
        match tokens.last() {
            Some(Token {
                kind: Kind::Value(_),
                ..
            }) => Self::AtOrBelow,
            _ => Self::Continues,
        }
    }
}

/// One segment of a [`Pattern`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Segment {
    /// This text.
    Literal(Box<str>),
    /// `*`: any one segment.
    Any,
}

impl Segment {
    /// What is left of `key` after this segment, if it starts with it.
    fn strip<'a>(&self, key: &'a str) -> Option<&'a str> {
        match self {
            Self::Literal(text) => key.strip_prefix(&**text),
            Self::Any => key.find(':').map_or(Some(""), |end| key.get(end..)),
        }
    }
}

/// A pattern without placeholders: what an invalidation names.
///
/// ```
/// use cached_key::Pattern;
///
/// let user = Pattern::parse("user:1{,:*}").unwrap();
/// assert!(user.matches("user:1") && user.matches("user:1:posts"));
/// assert!(!user.matches("user:12"));
///
/// let drafts = Pattern::parse("messages:*:draft").unwrap();
/// assert!(drafts.matches("messages:7:draft") && !drafts.matches("messages:7:8:draft"));
///
/// let refused = Pattern::parse("user:a b").unwrap_err();
/// assert_eq!(refused.to_string(), "white space in the pattern at byte 6");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pattern {
    pub(crate) segments: Box<[Segment]>,
    pub(crate) tail: Tail,
}

impl Pattern {
    /// Reads a pattern that arrives at run time; values in it are escaped already.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let at_or_below = text.strip_suffix(AT_OR_BELOW);
        let head = at_or_below.unwrap_or(text);

        let mut errors = Errors::new(text);
        let mut tokens = scan(head, Subject::Pattern, Stage::Rendered, &mut errors);
        if errors.is_empty() {
            check(
                head,
                Subject::Pattern,
                Stage::Rendered,
                &tokens,
                &mut errors,
            );
        }
        let star = head.len().saturating_sub(1)..head.len();
        let mut tail = Tail::take(&mut tokens);
        if at_or_below.is_some() {
            if tail != Tail::Exact && errors.is_empty() {
                errors.push(Fault::TwoStars, star);
            }
            tail = Tail::AtOrBelow;
        }
        if let Some(first) = errors.into_sorted().into_iter().next() {
            return Err(first);
        }

        let mut pattern = PatternBuf::new();
        for token in tokens {
            match token.kind {
                Kind::Star => pattern.any_segment(),
                _ => pattern.text(head.get(token.range).unwrap_or_default()),
            }
        }
        Ok(pattern.finish(tail))
    }

    /// The first segment: the cache whose entries the pattern names.
    pub fn cache(&self) -> &str {
        match self.segments.first() {
            Some(Segment::Literal(name)) => name,
            _ => "",
        }
    }

    /// The segments, in order; with [`Tail::Continues`] the last one is only the start of its text.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What may follow the segments.
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// Whether the pattern names `key`: for memory, sweeps and audits alike.
    pub fn matches(&self, key: &str) -> bool {
        let Some((last, init)) = self.segments.split_last() else {
            return false;
        };
        let mut rest = key;
        for segment in init {
            match segment.strip(rest).and_then(|rest| rest.strip_prefix(':')) {
                Some(below) => rest = below,
                None => return false,
            }
        }
        last.strip(rest).is_some_and(|rest| match self.tail {
            Tail::Exact => rest.is_empty(),
            Tail::Below => rest.starts_with(':'),
            Tail::AtOrBelow => rest.is_empty() || rest.starts_with(':'),
            Tail::Continues => true,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                f.write_char(':')?;
            }
            match segment {
                Segment::Literal(text) => f.write_str(text)?,
                Segment::Any => f.write_char('*')?,
            }
        }
        f.write_str(match self.tail {
            Tail::Exact => "",
            Tail::Below => ":*",
            Tail::AtOrBelow => AT_OR_BELOW,
            Tail::Continues => "*",
        })
    }
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Pattern {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Pattern {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl TryFrom<&String> for Pattern {
    type Error = Error;

    fn try_from(text: &String) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl From<&Self> for Pattern {
    fn from(pattern: &Self) -> Self {
        pattern.clone()
    }
}

/// The pattern that names this one key.
impl From<&Key> for Pattern {
    fn from(key: &Key) -> Self {
        let mut pattern = PatternBuf::new();
        pattern.text(key.as_str());
        pattern.finish(Tail::Exact)
    }
}

/// The pattern that names this one key.
impl From<Key> for Pattern {
    fn from(key: Key) -> Self {
        Self::from(&key)
    }
}
