//! Placeholders against parameters, the same for keys and patterns.

use std::ops::Range;

use cached_key::{Fault, Path, Subject, nearest};
use proc_macro2::Ident;

use super::{parameters, subject};
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::report::{Errors, Report};

/// A fault of the grammar, with what only the function can tell.
pub(super) fn grammar(
    text: &Text,
    error: &cached_key::Error,
    function: Option<&Function>,
    example: &str,
) -> Report {
    let Some(function) = function else {
        return text.grammar(error, None);
    };
    let help = match error.fault() {
        Fault::Empty(_) => Some(format!("`\"{example}\"`")),
        Fault::NoLeadingName(Subject::Key) if text.value.starts_with('<') => {
            Some(format!("`\"{}:{}\"`", function.name(), text.value))
        }
        Fault::Positional { index } => function
            .names()
            .nth(*index)
            .map(|name| format!("`<{name}>`")),
        Fault::NotAName { written } => {
            nearest_name(written, function).map(|name| format!("did you mean `<{name}>`?"))
        }
        _ => None,
    };
    let report = text.grammar(error, help);
    match error.fault() {
        Fault::EmptyPlaceholder | Fault::Wildcard => report.note(parameters(function)),
        _ => report,
    }
}

/// What a placeholder starts from; `None` where there is no such parameter.
pub(super) fn root(path: &Path, function: &Function) -> Option<Ident> {
    if path.root() == "self" {
        return Some(Ident::new("self", function.receiver()?.self_token.span));
    }
    function.param(path.root()).cloned()
}

/// Reports a placeholder that names nothing; gives the parameter that was probably meant.
pub(super) fn unknown(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    function: &Function,
    attribute: Attribute,
    errors: &mut Errors,
) -> Option<String> {
    let headline = format!(
        "unknown placeholder `<{}>` in the {}",
        shortened(path),
        subject(attribute)
    );
    if path.root() == "self" {
        let label = format!("`{}` has no `self`", function.name());
        errors.push(
            text.fault(headline, range, &label)
                .note(parameters(function)),
        );
        return None;
    }
    let label = format!("`{}` has no parameter of this name", function.name());
    let near = nearest_name(path.root(), function);
    let report = text
        .fault(headline, range, &label)
        .note(parameters(function));
    errors.push(match &near {
        Some(name) => {
            let path = path.to_string();
            let fields = path
                .split_once('.')
                .map(|(_, fields)| format!(".{fields}"))
                .unwrap_or_default();
            report.help(format!("did you mean `<{name}{fields}>`?"))
        }
        None => report,
    });
    near
}

fn nearest_name(wrong: &str, function: &Function) -> Option<String> {
    let names: Vec<_> = function.names().collect();
    nearest(wrong, names.iter().map(String::as_str)).map(str::to_owned)
}

/// A headline stays a headline.
fn shortened(path: &Path) -> String {
    let text = path.to_string();
    match text.char_indices().nth(32) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}
