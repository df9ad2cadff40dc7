//! Placeholders against parameters, the same for keys and patterns.

use std::ops::Range;

use cached_key::{Fault, Path, Subject, nearest};
use proc_macro2::{Ident, TokenStream};
use syn::{Member, Pat};

use super::parameters;
use crate::function::{Function, Param, bound_names, plain};
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::Value;
use crate::report::{Errors, Report};
use crate::spelling::{is_plain, written};

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

/// What a placeholder stands for; `None` where there is no such parameter.
pub(super) fn value(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    function: &Function,
) -> Option<Result<Value, Report>> {
    let (root, ty) = if path.root() == "self" {
        let receiver = function.receiver()?;
        (Ident::new("self", receiver.self_token.span), None)
    } else {
        let (root, ty) = function.param(path.root())?;
        (root.clone(), Some(ty))
    };
    let blame = root.span();
    let value = text.placeholder(path, range, root, blame);
    Some(value.map(|value| Value {
        plain: value.fields.is_empty() && ty.is_some_and(is_plain),
        ..value
    }))
}

/// Reports a placeholder that names nothing; gives the parameter that was probably meant.
pub(super) fn unknown(
    text: &Text,
    path: &Path,
    range: &Range<usize>,
    function: &Function,
    subject: Subject,
    errors: &mut Errors,
) -> Option<String> {
    let headline = format!(
        "unknown placeholder `<{}>` in the {subject}",
        shortened(path)
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

/// Braces are literal, but a parameter's name in them is a mistake: every call would mean the same text. Gives the names
/// found.
pub(super) fn braces(
    text: &Text,
    placeholders: &[Range<usize>],
    function: &Function,
    errors: &mut Errors,
) -> Vec<String> {
    let mut found = Vec::new();
    for (open, _) in text.value.match_indices('{') {
        let rest = text.value.get(open + 1..).unwrap_or_default();
        let Some((content, _)) = rest.split_once('}') else {
            break;
        };
        let range = open..open + content.len() + 2;
        let path = content.split(':').next().unwrap_or_default();
        let root = path.split('.').next().unwrap_or_default();
        let is_self = path.starts_with("self.") && function.receiver().is_some();
        let names_parameter = function.param(root).is_some() || is_self;
        if names_parameter
            && !placeholders
                .iter()
                .any(|other| other.start < range.end && range.start < other.end)
        {
            let headline = format!("`{{{content}}}` is not a placeholder here");
            let report = text.fault(headline, &range, "");
            errors.push(report.help(format!("`<{path}>`")));
            found.push(root.to_owned());
        }
    }
    found
}

/// A parameter without a name of its own that the placeholder was probably meant for.
pub(super) fn unnamed(name: &str, function: &Function, attribute: Attribute) -> Option<Report> {
    function.params.iter().find_map(|param| match param {
        Param::Pattern { at, pat } if bound_names(pat).iter().any(|bound| bound == name) => {
            Some(taken_apart(at, pat, attribute))
        }
        Param::Wildcard { span, ty }
            if attribute != Attribute::Cached && function.names().next().is_none() =>
        {
            Some(
                Report::at(*span, "this parameter has no name")
                    .help(format!("`{name}: {}`", written(ty))),
            )
        }
        _ => None,
    })
}

/// A parameter that is taken apart where it is declared.
pub(super) fn taken_apart(at: &TokenStream, pat: &Pat, attribute: Attribute) -> Report {
    let (name, field) = match pat {
        Pat::Struct(pat) => (
            pat.path.segments.last(),
            pat.fields.first().map(|field| &field.member),
        ),
        Pat::TupleStruct(pat) => (pat.path.segments.last(), None),
        _ => (None, None),
    };
    let name = name.map_or_else(
        || "pair".to_owned(),
        |segment| segment.ident.to_string().to_lowercase(),
    );
    let field = match field {
        Some(Member::Named(ident)) => plain(ident),
        _ => "0".to_owned(),
    };
    Report::over(
        at,
        format!("{} needs a plain parameter name here", attribute.display()),
    )
    .help(format!("take `{name}` and write `<{name}.{field}>`"))
}
