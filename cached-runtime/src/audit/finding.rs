//! What an audit can find.

use std::fmt;

use crate::registry::Location;

/// Something that an audit found. Its `Display` is one line, with no key and no value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) kind: Kind,
    pub(super) severity: Severity,
    pub(super) subject: String,
    pub(super) message: String,
    pub(super) places: Vec<Place>,
    pub(super) did_you_mean: Option<String>,
    pub(super) note: Option<&'static str>,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A pattern that can match no key of any cached method: what it was meant to clear stays.
    DeadPattern,
    /// A pattern of tags that can match no tag of any cached method: what it was meant to clear stays.
    DeadTag,
    /// A mutator that stores under keys that no cached method reads.
    DeadUpdate,
    /// A pattern that matches only where a value happens to hold text of the pattern, as `users:<id>x` does for `users:<id>`.
    ChanceMatch,
    /// Methods that keep values of different types under the same keys.
    TwoTypes,
    /// Methods that fill the same keys with different tags: an invalidation by tag finds what one of them has stored, and
    /// not what the other one has.
    TwoTags,
    /// Methods that fill the same keys under different policies.
    TwoPolicies,
    /// Settings for a cache that no attribute names. An error if an attribute names a similar one, else it may be a cache that is
    /// used by hand.
    UnknownCache,
    /// A cached method that no mutator invalidates. An error if one letter makes the difference, else it may be meant:
    /// then its `ttl` alone keeps it fresh.
    NeverInvalidated,
    /// A tag that no mutator names. An error if one letter makes the difference, else it may be used by hand.
    UnusedTag,
    /// A pattern that clears keys with unrelated placeholders in the same place: one of them may be cleared by mistake.
    OverMatch,
    /// Cached methods whose keys coincide though their placeholders are named for different things.
    SharedKeys,
}

impl Kind {
    /// Its name, as it stands in the list and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeadPattern => "dead-pattern",
            Self::DeadTag => "dead-tag",
            Self::DeadUpdate => "dead-update",
            Self::ChanceMatch => "chance-match",
            Self::TwoTypes => "two-types",
            Self::TwoTags => "two-tags",
            Self::TwoPolicies => "two-policies",
            Self::UnknownCache => "unknown-cache",
            Self::NeverInvalidated => "never-invalidated",
            Self::UnusedTag => "unused-tag",
            Self::OverMatch => "over-match",
            Self::SharedKeys => "shared-keys",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It can't be meant: a stale answer, a value that nobody reads, or a contradiction.
    Error,
    /// It may be meant.
    Remark,
}

impl Severity {
    /// Its name, as it stands in the list and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Remark => "remark",
        }
    }
}

/// A function that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) function: &'static str,
    pub(super) location: Location,
    pub(super) says: Option<String>,
}

impl Place {
    /// The name of the function.
    pub fn function(&self) -> &str {
        self.function
    }

    /// Where its attribute stands.
    pub fn location(&self) -> Location {
        self.location
    }

    /// What it says there, where that differs from place to place.
    pub fn says(&self) -> Option<&str> {
        self.says.as_deref()
    }
}

impl Finding {
    /// What kind of thing was found.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The pattern, the template, the tag or the cache that it is about.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What was found, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The functions that it is about; for settings there are none.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// What was probably meant in the place of the subject.
    pub fn did_you_mean(&self) -> Option<&str> {
        self.did_you_mean.as_deref()
    }

    /// Why it matters.
    pub fn note(&self) -> Option<&str> {
        self.note
    }

    /// Errors first, then by place. Attributes that a macro writes may share theirs.
    pub(super) fn order(&self) -> impl Ord + use<'_> {
        let first = self.places.first();
        let place =
            first.map(|Place { location, .. }| (location.file, location.line, location.column));
        (
            self.severity,
            place.is_none(),
            place,
            self.kind,
            &self.subject,
            &self.message,
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places = self.places.iter();
        if let Some(Place {
            function,
            location,
            says,
        }) = places.next()
        {
            write!(f, "{location} in `{function}`: {}", self.message)?;
            if let Some(says) = says {
                write!(f, ": {says} here")?;
            }
        } else {
            f.write_str(&self.message)?;
        }
        for Place {
            function,
            location,
            says,
        } in places
        {
            let says = says.as_deref().unwrap_or("also");
            write!(f, ", {says} in `{function}` at {location}")?;
        }
        if let Some(meant) = &self.did_you_mean {
            write!(f, "; did you mean `{meant}`?")?;
        }
        Ok(())
    }
}
