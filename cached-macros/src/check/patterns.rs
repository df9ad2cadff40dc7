//! Patterns of keys and of tags against the parameters and against each other.

use std::ops::Range;

use cached_key::{Fault, Path, PatternPart, PatternTemplate, Subject};
use proc_macro2::{Ident, Span};

use super::{keyed, placeholder, returns};
use crate::attr::{Content, On};
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Named, Pattern, Piece};
use crate::reference::{Keyed, RETURNED};
use crate::report::{Errors, Report};

/// A pattern as its attribute gives it.
pub(super) struct Given {
    pub(super) on: On,
    pub(super) of_tags: bool,
    what: What,
}

enum What {
    /// Without a template where it is wrong, which is reported.
    Text(Text, Option<PatternTemplate>),
    Keyed(Keyed),
}

impl What {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(text, _), Self::Text(other, _)) => text.value == other.value,
            (Self::Keyed(keyed), Self::Keyed(other)) => keyed.spelling() == other.spelling(),
            _ => false,
        }
    }

    fn at(&self, headline: impl Into<String>) -> Report {
        match self {
            Self::Text(text, _) => Report::at(text.span(), headline),
            Self::Keyed(keyed) => Report::over(&keyed.path, headline),
        }
    }
}

impl Given {
    /// Reads it, or says what is wrong with it.
    pub(super) fn parse(
        content: Content,
        on: On,
        of_tags: bool,
        function: Option<&Function>,
        errors: &mut Errors,
    ) -> Self {
        let text = match content {
            Content::Text(literal) => Text::new(literal),
            Content::Keyed(keyed) => {
                return Self {
                    on,
                    of_tags,
                    what: What::Keyed(keyed),
                };
            }
        };
        let example = function.map(example).unwrap_or_default();
        let template = match PatternTemplate::parse(&text.value) {
            Ok(template) => Some(template),
            Err(faults) => {
                for fault in &faults {
                    let report = match name_of_tags(&text, fault).filter(|_| of_tags) {
                        Some(report) => report,
                        None => placeholder::grammar(&text, fault, function, &example),
                    };
                    errors.push(report);
                }
                None
            }
        };
        Self {
            on,
            of_tags,
            what: What::Text(text, template),
        }
    }

    /// Whatever this one invalidates, `other` does.
    fn is_covered_by(&self, other: &Self) -> bool {
        let whenever = other.on == On::Always || self.on == On::Ok;
        let (What::Text(_, Some(narrow)), What::Text(_, Some(wide))) = (&self.what, &other.what)
        else {
            return false;
        };
        whenever && self.of_tags == other.of_tags && wide.covers(narrow)
    }
}

/// Tags of one name may be in any cache.
fn name_of_tags(text: &Text, fault: &cached_key::Error) -> Option<Report> {
    let range = fault.range();
    let note = "an invalidation names what its tags are tags of";
    match fault.fault() {
        Fault::StarInName { written } => Some(
            text.fault(format!("`{written}` names no tags"), &range, "")
                .note(note),
        ),
        Fault::NoLeadingName(Subject::Pattern) => Some(
            text.fault("the pattern must start with a name", &range, "")
                .note(note),
        ),
        _ => None,
    }
}

pub(super) fn example(function: &Function) -> String {
    match function.names().next() {
        Some(name) => format!("conversations:<{name}>*"),
        None => "conversations:*".to_owned(),
    }
}

/// Patterns that are there already, and patterns that add nothing to another one. All attributes of a function count.
pub(super) fn superfluous(given: &mut [Given], errors: &mut Errors) {
    for index in 0..given.len() {
        let (earlier, rest) = given.split_at_mut(index);
        let Some(this) = rest.first_mut() else {
            return;
        };
        let same = |other: &&Given| {
            other.of_tags == this.of_tags && other.on == this.on && other.what.is(&this.what)
        };
        if earlier.iter().any(|other| same(&other)) {
            let noun = if this.of_tags { "tag" } else { "pattern" };
            let headline = format!("this {noun} is given twice");
            errors.push(this.what.at(headline).help("remove one"));
            if let What::Text(_, template) = &mut this.what {
                *template = None;
            }
        }
    }
    for (index, this) in given.iter().enumerate() {
        let wider = given.iter().enumerate().find(|(other, wider)| {
            // Two that cover each other: the later one is too much.
            *other != index
                && this.is_covered_by(wider)
                && (*other < index || !wider.is_covered_by(this))
        });
        if let Some((_, wider)) = wider
            && let What::Text(wider, _) = &wider.what
        {
            let headline = format!("already covered by `{}`", wider.value);
            errors.push(this.what.at(headline).help("remove it"));
        }
    }
}

pub(super) fn check(given: &Given, function: &Function, errors: &mut Errors) -> Option<Named> {
    Some(match &given.what {
        What::Text(text, template) => {
            let template = template.as_ref()?;
            Named::Pattern(Pattern {
                text: text.value.clone(),
                pieces: pieces(text, template, function, errors),
                tail: template.tail(),
            })
        }
        What::Keyed(keyed) => {
            keyed::pattern(keyed, function, errors);
            Named::Keyed(keyed::call(keyed, Attribute::Invalidates, function, &[]))
        }
    })
}

fn pieces(
    text: &Text,
    template: &PatternTemplate,
    function: &Function,
    errors: &mut Errors,
) -> Vec<Piece> {
    let placeholders: Vec<_> = template.placeholders().map(|(_, range)| range).collect();
    placeholder::braces(text, &placeholders, function, errors);
    let mut ranges = placeholders.into_iter();
    let mut pieces = Vec::new();
    for part in template.parts() {
        match part {
            PatternPart::Text(text) => pieces.push(Piece::Text(text.clone())),
            PatternPart::AnySegment => pieces.push(Piece::AnySegment),
            PatternPart::Value(path) => {
                let range = ranges.next().unwrap_or_default();
                pieces.extend(piece(text, path, &range, function, errors));
            }
        }
    }
    pieces
}

fn piece(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    function: &Function,
    errors: &mut Errors,
) -> Option<Piece> {
    if path.root() == RETURNED {
        return returned(text, path, range, function, errors);
    }
    if let Some(value) = placeholder::value(text, path, range, function) {
        return told(value, errors).map(Piece::Value);
    }
    match placeholder::unnamed(path.root(), function, Attribute::Invalidates) {
        Some(report) => errors.push(report),
        None => {
            placeholder::unknown(text, path, range, function, Subject::Pattern, errors);
        }
    }
    None
}

fn returned(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    function: &Function,
    errors: &mut Errors,
) -> Option<Piece> {
    if let Some((param, _)) = function.param(RETURNED) {
        errors.push(
            Report::at(param.span(), "`ret` means the returned value in a pattern")
                .help("rename the parameter"),
        );
        return None;
    }
    if returns::is_nothing(function) {
        let label = format!("`{}` returns nothing", function.name());
        let report = text.fault(format!("`<{path}>` has no value"), range, &label);
        errors.push(match widened(&text.value, range) {
            Some(pattern) => report.help(format!("return the value, or write `\"{pattern}\"`")),
            None => report.help("return the value"),
        });
        return None;
    }
    let root = Ident::new(RETURNED, Span::mixed_site());
    told(text.placeholder(path, range, root, text.span()), errors).map(Piece::Hole)
}

/// The pattern with `*` in place of a part that is a whole segment or the last one.
fn widened(text: &str, range: &Range<usize>) -> Option<String> {
    let before = text.get(..range.start)?;
    let after = text.get(range.end..)?.trim_start_matches('*');
    (before.ends_with(':') || after.is_empty()).then(|| format!("{before}*{after}"))
}

fn told<T>(result: Result<T, Report>, errors: &mut Errors) -> Option<T> {
    result.map_err(|report| errors.push(report)).ok()
}
