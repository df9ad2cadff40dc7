//! A key with placeholders, as an attribute or `key!` holds it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::error::{Error, Errors};
use crate::fault::Subject;
use crate::path::Path;
use crate::scan::{Kind, Stage, scan};
use crate::structure::check;

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Literal text, separators included; it goes into the key as it is.
    Text(String),
    /// A placeholder.
    Value(Path),
}

/// A key template: `conversations:user:<user_id>`.
///
/// ```
/// use cached_key::Template;
///
/// let template = Template::parse("conversations:user:<user_id>:<req.status>").unwrap();
/// assert_eq!(template.cache(), "conversations");
/// let roots: Vec<_> = template.placeholders().map(|(path, _)| path.root()).collect();
/// assert_eq!(roots, ["user_id", "req"]);
///
/// let errors = Template::parse("<tenant>::user id").unwrap_err();
/// let headlines: Vec<_> = errors.iter().map(|error| error.fault().to_string()).collect();
/// assert_eq!(headlines, [
///     "the cache key must start with a name",
///     "empty segment",
///     "white space in the cache key",
/// ]);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    text: Box<str>,
    /// How long the first segment is, which is asked for often.
    name: usize,
    parts: Vec<Part>,
    /// Of the placeholders among the parts, in order.
    ranges: Vec<Range<usize>>,
}

impl Template {
    /// Reads a template, or says everything that is wrong with it, in source order.
    pub fn parse(text: &str) -> Result<Self, Vec<Error>> {
        Self::read(text, Subject::Key)
    }

    /// The same for the template of a tag: the grammar is that of keys, and the faults speak of a tag.
    ///
    /// ```
    /// use cached_key::Template;
    ///
    /// assert!(Template::parse_tag("tenant:<tenant_id>").is_ok());
    /// let errors = Template::parse_tag("<tenant_id>").unwrap_err();
    /// assert_eq!(errors[0].fault().to_string(), "the tag must start with a name");
    /// ```
    pub fn parse_tag(text: &str) -> Result<Self, Vec<Error>> {
        Self::read(text, Subject::Tag)
    }

    fn read(text: &str, subject: Subject) -> Result<Self, Vec<Error>> {
        let mut errors = Errors::new(text);
        let tokens = scan(text, subject, Stage::Template, &mut errors);
        check(text, subject, Stage::Template, &tokens, &mut errors);
        if !errors.is_empty() {
            return Err(errors.into_sorted());
        }

        let mut parts = Vec::new();
        let mut ranges = Vec::new();
        for token in tokens {
            if let Kind::Value(path) = token.kind {
                parts.push(Part::Value(path));
                ranges.push(token.range);
                continue;
            }
            let literal = text.get(token.range).unwrap_or_default();
            match parts.last_mut() {
                Some(Part::Text(before)) => before.push_str(literal),
                _ => parts.push(Part::Text(literal.to_owned())),
            }
        }
        Ok(Self {
            text: text.into(),
            name: text.find(':').unwrap_or(text.len()),
            parts,
            ranges,
        })
    }

    /// The first segment: the cache that the entries live in.
    pub fn cache(&self) -> &str {
        self.text.get(..self.name).unwrap_or_default()
    }

    /// Text and placeholders in turn.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its text, and `None` for each placeholder: what two templates have in common that differ in names only.
    ///
    /// ```
    /// let outline = |text: &str| cached_key::Template::parse(text).unwrap().outline() == [Some("user:"), None];
    ///
    /// assert!(outline("user:<id>") && outline("user:<self.user_id>"));
    /// assert!(!outline("user:<id>:name"));
    /// ```
    pub fn outline(&self) -> Vec<Option<&str>> {
        let parts = self.parts.iter();
        parts
            .map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Value(_) => None,
            })
            .collect()
    }

    /// The placeholders and where they stand, `<` and `>` included.
    pub fn placeholders(&self) -> impl Iterator<Item = (&Path, Range<usize>)> {
        let paths = self.parts.iter().filter_map(|part| match part {
            Part::Value(path) => Some(path),
            Part::Text(_) => None,
        });
        paths.zip(self.ranges.iter().cloned())
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Template {
    type Err = Vec<Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
