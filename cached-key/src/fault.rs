//! What can be wrong with a text of the grammar, and the sentence that says so.

use std::fmt;

/// What the text is meant to be; the sentences name it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// A key or a key template.
    Key,
    /// A pattern or a pattern template.
    Pattern,
    /// The template of a tag.
    Tag,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "cache key",
            Self::Pattern => "pattern",
            Self::Tag => "tag",
        })
    }
}

/// One variant per fault; its `Display` is the headline of the message.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing between the quotes.
    Empty(Subject),
    /// White space anywhere.
    WhiteSpace(Subject),
    /// A control character, a line break or a tab among them.
    ControlCharacter(Subject),
    /// A backslash.
    Backslash(Subject),
    /// More than [`TEXT_LIMIT`](crate::TEXT_LIMIT) bytes of literal text.
    TooLong {
        /// What the text is meant to be.
        subject: Subject,
        /// How many bytes of literal text there are.
        length: usize,
    },

    /// Two separators in a row.
    EmptySegment,
    /// A separator at the very start.
    LeadingSeparator(Subject),
    /// A separator at the very end.
    TrailingSeparator(Subject),
    /// The first segment is not literal text, so it names no cache.
    NoLeadingName(Subject),

    /// A placeholder in the notation of another tool: `${id}`, `%s`, `<<id>>`.
    ForeignPlaceholder {
        /// The placeholder as written.
        written: String,
    },
    /// `<` without `>`.
    Unclosed,
    /// `>` without `<`.
    StrayClose,
    /// A placeholder inside a placeholder.
    Nested,
    /// `<>`.
    EmptyPlaceholder,
    /// Something that is no identifier: `<user-id>`.
    NotAName {
        /// What stands between `<` and `>`.
        written: String,
    },
    /// Something to be computed: `<id + 1>`.
    Expression,
    /// A format as in `format!`: `<id:04>`.
    FormatSpec,
    /// A raw identifier: `<r#type>`.
    RawIdentifier {
        /// What stands between `<` and `>`.
        written: String,
    },
    /// A number in place of a name: `<0>`.
    Positional {
        /// The number.
        index: usize,
    },
    /// `<self>` without a field.
    BareSelf,
    /// `<_>`.
    Wildcard,
    /// Two placeholders side by side.
    Touching {
        /// The placeholder to the left, with its brackets.
        first: String,
        /// The placeholder to the right, with its brackets.
        second: String,
    },
    /// Two placeholders of a key whose values could move text from one to the other.
    Ambiguous {
        /// The placeholder to the left, with its brackets.
        first: String,
        /// The placeholder to the right, with its brackets.
        second: String,
    },
    /// A placeholder that was there before.
    Repeated {
        /// The placeholder, with its brackets.
        placeholder: String,
    },

    /// `*` in a key or a tag.
    StarInKey(Subject),
    /// `*` in the first segment, after text.
    StarInName {
        /// The first segment as written.
        written: String,
    },
    /// `*` before or between other parts of a segment.
    StarInside,
    /// `*` at the end of a segment that is not the last.
    StarMidway,
    /// `**`.
    TwoStars,
    /// A regular expression.
    Regex,

    /// A placeholder in a text that nothing fills.
    NoValue {
        /// The placeholder, with its brackets.
        placeholder: String,
    },
    /// A bracket that only occurs escaped in a rendered text.
    Unescaped {
        /// `<` or `>`.
        bracket: char,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(subject) => write!(f, "the {subject} is empty"),
            Self::WhiteSpace(subject) => write!(f, "white space in the {subject}"),
            Self::ControlCharacter(subject) => write!(f, "control character in the {subject}"),
            Self::Backslash(subject) => write!(f, "backslash in the {subject}"),
            Self::TooLong { subject, length } => {
                write!(f, "the {subject} is {length} bytes long before any value")
            }
            Self::EmptySegment => f.write_str("empty segment"),
            Self::LeadingSeparator(subject) => write!(f, "the {subject} can't start with `:`"),
            Self::TrailingSeparator(subject) => write!(f, "the {subject} can't end with `:`"),
            Self::NoLeadingName(subject) => write!(f, "the {subject} must start with a name"),
            Self::ForeignPlaceholder { written } => {
                write!(f, "`{written}` is not a placeholder here")
            }
            Self::Unclosed => f.write_str("`<` is never closed"),
            Self::StrayClose => f.write_str("`>` without `<`"),
            Self::Nested => f.write_str("placeholders can't be nested"),
            Self::EmptyPlaceholder => f.write_str("empty placeholder"),
            Self::NotAName { written } => write!(f, "`{written}` is not a name"),
            Self::Expression => f.write_str("a placeholder holds a name, not an expression"),
            Self::FormatSpec => f.write_str("placeholders take no format"),
            Self::RawIdentifier { written } => write!(f, "`<{written}>` needs no `r#`"),
            Self::Positional { .. } => f.write_str("placeholders go by name"),
            Self::BareSelf => f.write_str("`<self>` needs a field"),
            Self::Wildcard => f.write_str("a placeholder needs a name"),
            Self::Touching { first, second } => write!(f, "`{first}` and `{second}` touch"),
            Self::Ambiguous { first, second } => {
                write!(f, "`{first}` and `{second}` can't be told apart")
            }
            Self::Repeated { placeholder } => write!(f, "`{placeholder}` is used twice"),
            Self::StarInKey(_) => f.write_str("`*` is for patterns"),
            Self::StarInName { written } => write!(f, "`{written}` names no cache"),
            Self::StarInside => f.write_str("`*` ends a segment or is one"),
            Self::StarMidway => f.write_str("`*` after text can only end the pattern"),
            Self::TwoStars => f.write_str("one `*` is enough"),
            Self::Regex => f.write_str("patterns are not regular expressions"),
            Self::NoValue { placeholder } => write!(f, "`{placeholder}` has no value here"),
            Self::Unescaped { bracket } => write!(f, "`{bracket}` is not escaped"),
        }
    }
}

impl Fault {
    /// Why it matters, or what exists.
    pub(crate) fn note(&self) -> Option<&'static str> {
        Some(match self {
            Self::WhiteSpace(_) => "Redis and log tools split on it",
            Self::TooLong { .. } => "the limit is 256",
            Self::NoLeadingName(Subject::Key) => "the first segment names the cache",
            Self::NoLeadingName(Subject::Pattern) => {
                "the first segment names the cache; to drop all of one call `Cache::clear`"
            }
            Self::Touching { .. } => "`1`,`23` and `12`,`3` would share a key",
            Self::Ambiguous { .. } => "a value may contain the text between them",
            Self::NoLeadingName(Subject::Tag) => {
                "a value alone would be one tag whatever it is the value of"
            }
            Self::StarInKey(Subject::Tag) => {
                "a tag is one name; patterns of tags go in `#[invalidates(tags(…))]`"
            }
            Self::StarInKey(_) => "a key names one entry; patterns go in `#[invalidates]`",
            Self::StarInName { .. } => "an invalidation names its cache",
            Self::NoValue { .. } => "only `key!` and `pattern!` fill placeholders",
            _ => return None,
        })
    }
}
