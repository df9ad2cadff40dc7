//! The patterns of `#[invalidates]` against the parameters and against each other.

use std::ops::Range;

use cached_key::{Path, PatternPart, PatternTemplate};
use proc_macro2::{Ident, Span};

use super::{attribute_span, key, placeholder, returns};
use crate::function::{Function, Param, bound_names};
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Pattern, Piece};
use crate::report::{Errors, Report};
use crate::spelling::written;

/// What the function returns is called this in a pattern.
const RETURNED: &str = "ret";

pub(super) fn parse(
    texts: &[Text],
    function: Option<&Function>,
    errors: &mut Errors,
) -> Vec<Option<PatternTemplate>> {
    let example = function.map(example).unwrap_or_default();
    let mut templates: Vec<Option<PatternTemplate>> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let earlier = texts.get(..index).unwrap_or_default();
        if earlier.iter().any(|earlier| earlier.value == text.value) {
            errors.push(Report::at(text.span(), "this pattern is given twice").help("remove one"));
            templates.push(None);
            continue;
        }
        templates.push(match PatternTemplate::parse(&text.value) {
            Ok(template) => Some(template),
            Err(faults) => {
                for fault in &faults {
                    errors.push(placeholder::grammar(text, fault, function, &example));
                }
                None
            }
        });
    }
    covered(texts, &templates, errors);
    templates
}

pub(super) fn missing(function: &Function) -> Report {
    Report::at(attribute_span(), "`#[invalidates]` needs a pattern")
        .help(format!("`#[invalidates(\"{}\")]`", example(function)))
}

fn example(function: &Function) -> String {
    match function.names().next() {
        Some(name) => format!("conversations:<{name}>*"),
        None => "conversations:*".to_owned(),
    }
}

/// A pattern that adds nothing to another one.
fn covered(texts: &[Text], templates: &[Option<PatternTemplate>], errors: &mut Errors) {
    let sound: Vec<_> = texts
        .iter()
        .zip(templates)
        .filter_map(|(text, template)| Some((text, template.as_ref()?)))
        .collect();
    for (index, (text, template)) in sound.iter().enumerate() {
        let wider = sound.iter().enumerate().find(|(other, (_, wider))| {
            // Two that cover each other: the later one is too much.
            *other != index && wider.covers(template) && (*other < index || !template.covers(wider))
        });
        if let Some((_, (wider, _))) = wider {
            let headline = format!("already covered by `{}`", wider.value);
            errors.push(Report::at(text.span(), headline).help("remove it"));
        }
    }
}

pub(super) fn check(
    texts: &[Text],
    templates: &[Option<PatternTemplate>],
    function: &Function,
    errors: &mut Errors,
) -> Vec<Pattern> {
    let sound = texts
        .iter()
        .zip(templates)
        .filter_map(|(text, template)| Some((text, template.as_ref()?)));
    let mut patterns = Vec::new();
    for (text, template) in sound {
        let pieces = pieces(text, template, function, errors);
        patterns.push(Pattern {
            text: text.value.clone(),
            pieces,
            tail: template.tail(),
        });
    }
    patterns
}

fn pieces(
    text: &Text,
    template: &PatternTemplate,
    function: &Function,
    errors: &mut Errors,
) -> Vec<Piece> {
    let mut ranges = template.placeholders().map(|(_, range)| range);
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
    if let Some(root) = placeholder::root(path, function) {
        let blame = root.span();
        return told(text.placeholder(path, range, root, blame), errors).map(Piece::Value);
    }
    match unnamed(path.root(), function) {
        Some(report) => errors.push(report),
        None => {
            placeholder::unknown(text, path, range, function, Attribute::Invalidates, errors);
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
    if let Some(param) = function.param(RETURNED) {
        errors.push(
            Report::at(param.span(), "`ret` means the returned value in a pattern")
                .help("rename the parameter"),
        );
        return None;
    }
    if returns::is_nothing(function) {
        let label = format!("`{}` returns nothing", function.name());
        errors.push(text.fault(format!("`<{path}>` has no value"), range, &label));
        return None;
    }
    let root = Ident::new(RETURNED, Span::mixed_site());
    told(text.placeholder(path, range, root, text.span()), errors).map(Piece::Hole)
}

fn told<T>(result: Result<T, Report>, errors: &mut Errors) -> Option<T> {
    result.map_err(|report| errors.push(report)).ok()
}

/// A parameter without a name of its own that the placeholder was probably meant for.
fn unnamed(name: &str, function: &Function) -> Option<Report> {
    function.params.iter().find_map(|param| match param {
        Param::Pattern { at, pat } if bound_names(pat).iter().any(|bound| bound == name) => {
            Some(key::pattern(at, pat, Attribute::Invalidates))
        }
        Param::Wildcard { span, ty } if function.names().next().is_none() => Some(
            Report::at(*span, "this parameter has no name")
                .help(format!("`{name}: {}`", written(ty))),
        ),
        _ => None,
    })
}
