//! Patterns that say to which keyspace they belong.

use std::ops::Range;

use cached_key::{Correction, PatternTemplate, Template, overlap};
use syn::LitStr;

use super::call::Within;
use crate::literal::Text;
use crate::report::{Errors, Report};
use crate::spelling::listed;

/// More keys than this make a note that nobody reads.
const LISTED: usize = 6;

pub(super) fn check(within: &Within) -> Errors {
    let templates = within.templates.iter();
    let templates: Vec<_> = templates
        .filter_map(|text| Template::parse(text).ok())
        .collect();
    let mut errors = Errors::default();
    for literal in &within.patterns {
        // One that can't be read is told by its attribute.
        let Ok(pattern) = PatternTemplate::parse(&literal.value()) else {
            continue;
        };
        if !templates.iter().any(|template| overlap(&pattern, template)) {
            errors.push(matches_none(literal, &pattern, &templates, within));
        }
    }
    errors
}

fn matches_none(
    literal: &LitStr,
    pattern: &PatternTemplate,
    templates: &[Template],
    within: &Within,
) -> Report {
    let keyspace = within.keyspace.segments.last();
    let keyspace = keyspace
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
    let text = Text::new(literal.clone());
    let headline = format!("the pattern can match no key of `{keyspace}`");
    let report = text.fault(headline, &stray(&text.value, templates), "");
    let report = match Correction::of_pattern(pattern, templates) {
        Some(meant) => report.help(format!("did you mean `{}`?", meant.text())),
        None => report,
    };
    let listed = listed(templates, LISTED);
    report.note(format!("keys of `{keyspace}`: {listed}"))
}

/// The first segment with which no template can agree any more.
fn stray(text: &str, templates: &[Template]) -> Range<usize> {
    let mut start = 0;
    for segment in text.split(':') {
        let end = start + segment.len();
        let begun = text.get(..end).unwrap_or_default();
        // The text so far, and anything.
        let prefix = [begun.to_owned(), format!("{begun}:*")];
        let mut prefixes = prefix
            .iter()
            .filter_map(|text| PatternTemplate::parse(text).ok());
        let meets = |prefix: PatternTemplate| {
            let mut all = templates.iter();
            all.any(|template| overlap(&prefix, template))
        };
        if !prefixes.any(meets) {
            return start..end;
        }
        start = end + 1;
    }
    0..text.len()
}
