//! What an audit can find, and how it is told.

use std::fmt;

use crate::{policy::Policy, registry::Location};

/// Something that an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A pattern that can match no key of any cached method: what it was meant to clear stays.
    DeadPattern {
        /// The pattern.
        pattern: &'static str,
        /// The mutator.
        function: &'static str,
        /// Where it stands.
        location: Location,
        /// A pattern that would match something.
        did_you_mean: Option<String>,
    },
    /// A pattern of tags that can match no tag of any cached method: what it was meant to clear stays.
    DeadTag {
        /// The pattern.
        pattern: &'static str,
        /// The mutator.
        function: &'static str,
        /// Where it stands.
        location: Location,
        /// A pattern that would match something.
        did_you_mean: Option<String>,
    },
    /// A mutator that stores under keys that no cached method reads.
    DeadUpdate {
        /// The key template.
        template: &'static str,
        /// The mutator.
        function: &'static str,
        /// Where it stands.
        location: Location,
        /// A template that would be read.
        did_you_mean: Option<String>,
    },
    /// Two methods keep values of different types under the same keys.
    TwoTypes {
        /// The key template.
        template: &'static str,
        /// The stored types.
        types: [String; 2],
        /// Where the methods stand.
        locations: [Location; 2],
    },
    /// Two methods fill the same keys with different tags: an invalidation by tag finds what one of them has stored, and
    /// not what the other one has.
    TwoTags {
        /// The key template.
        template: &'static str,
        /// The templates of the tags.
        tags: [&'static [&'static str]; 2],
        /// Where the methods stand.
        locations: [Location; 2],
    },
    /// Two methods fill the same keys under different policies.
    TwoPolicies {
        /// The key template.
        template: &'static str,
        /// The policies.
        policies: Box<[Policy; 2]>,
        /// Where the methods stand.
        locations: [Location; 2],
    },
    /// Settings for a cache that no attribute names.
    UnknownCache {
        /// The name in the settings.
        name: String,
        /// A cache of a similar name.
        did_you_mean: Option<String>,
    },
    /// A cached method that no mutator ever invalidates. It may be meant: then its `ttl` alone keeps it fresh.
    NeverInvalidated {
        /// The key template.
        template: &'static str,
        /// The method.
        function: &'static str,
        /// Where it stands.
        location: Location,
    },
}

impl Finding {
    /// Whether it is a fault; else it is for information.
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::NeverInvalidated { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggest = |f: &mut fmt::Formatter<'_>, better: &Option<String>| match better {
            Some(better) => write!(f, "; did you mean `{better}`?"),
            None => Ok(()),
        };
        match self {
            Self::DeadPattern {
                pattern,
                function,
                location,
                did_you_mean,
            } => {
                write!(
                    f,
                    "{location}: pattern `{pattern}` of `{function}` matches no key of any cached method"
                )?;
                suggest(f, did_you_mean)
            }
            Self::DeadTag {
                pattern,
                function,
                location,
                did_you_mean,
            } => {
                write!(
                    f,
                    "{location}: tag `{pattern}` of `{function}` matches no tag of any cached method"
                )?;
                suggest(f, did_you_mean)
            }
            Self::DeadUpdate {
                template,
                function,
                location,
                did_you_mean,
            } => {
                write!(
                    f,
                    "{location}: `{function}` updates `{template}`, which no cached method reads"
                )?;
                suggest(f, did_you_mean)
            }
            Self::TwoTags {
                template,
                tags: [first, second],
                locations: [here, there],
            } => write!(
                f,
                "{here}: `{template}` has {} here and {} at {there}",
                listed(first),
                listed(second)
            ),
            Self::TwoTypes {
                template,
                types: [first, second],
                locations: [here, there],
            } => write!(
                f,
                "{here}: `{template}` holds `{first}` here and `{second}` at {there}"
            ),
            Self::TwoPolicies {
                template,
                policies,
                locations: [here, there],
            } => {
                let [first, second] = &**policies;
                write!(f, "{here}: `{template}` is kept for {:?} here", first.ttl)?;
                if first.ttl == second.ttl {
                    write!(f, " and under another policy at {there}")
                } else {
                    write!(f, " and for {:?} at {there}", second.ttl)
                }
            }
            Self::UnknownCache { name, did_you_mean } => {
                write!(f, "settings for cache `{name}`, which no attribute names")?;
                suggest(f, did_you_mean)
            }
            Self::NeverInvalidated {
                template,
                function,
                location,
            } => write!(
                f,
                "{location}: no mutator invalidates `{template}` of `{function}`"
            ),
        }
    }
}

fn listed(tags: &[&str]) -> String {
    let names: Vec<_> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    match names.as_slice() {
        [] => "no tags".to_owned(),
        [tag] => format!("the tag {tag}"),
        names => format!("the tags {}", names.join(", ")),
    }
}
