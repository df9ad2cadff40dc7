//! The key of `#[cached]` against the parameters: each is in it, or skipped.

use std::fmt::Write as _;
use std::ops::Range;

use cached_key::{Part, Template, nearest};
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Member, Pat, Type};

use super::placeholder;
use crate::attr::CachedArgs;
use crate::function::{Function, Param, bound_names, plain};
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::Piece;
use crate::report::{Errors, Report};
use crate::spelling::written;

pub(super) fn parse(
    text: &Text,
    function: Option<&Function>,
    errors: &mut Errors,
) -> Option<Template> {
    match Template::parse(&text.value) {
        Ok(template) => Some(template),
        Err(faults) => {
            let example = function
                .map(|function| example(function, &[]))
                .unwrap_or_default();
            for fault in &faults {
                errors.push(placeholder::grammar(text, fault, function, &example));
            }
            None
        }
    }
}

/// A key that would do: the function's name and its parameters.
pub(super) fn example(function: &Function, skip: &[Ident]) -> String {
    let mut key = function.name();
    for name in function
        .names()
        .filter(|name| !skip.iter().any(|skipped| plain(skipped) == *name))
    {
        let _ = write!(key, ":<{name}>");
    }
    key
}

pub(super) fn check(
    args: &CachedArgs,
    key: Option<(&Text, &Template)>,
    function: &Function,
    errors: &mut Errors,
) -> Vec<Piece> {
    // Without a sound key nothing can be said about what is missing in it.
    let mut seen = Mentioned {
        unclear: key.is_none() || args.skip_faulty,
        ..Mentioned::default()
    };
    let mut found = Vec::new();
    if let Some((text, template)) = key {
        braces(text, template, function, &mut seen, errors);
        found = pieces(text, template, function, &mut seen, errors);
    }
    skipped(args, function, &mut seen, errors);
    for param in &function.params {
        match param {
            Param::Named { ident, .. } => {
                if let Some((text, _)) = key
                    && !seen.accounts_for(&plain(ident))
                {
                    errors.push(unused(ident, text));
                }
            }
            Param::Wildcard { span, ty } => errors.push(wildcard(*span, ty)),
            Param::Pattern { at, pat } => errors.push(pattern(at, pat, Attribute::Cached)),
        }
    }
    found
}

/// Names that the key or `skip(…)` accounts for.
#[derive(Default)]
struct Mentioned {
    in_key: Vec<String>,
    skipped: Vec<String>,
    /// Meant by something that is already reported.
    meant: Vec<String>,
    /// Something is reported that could have meant any parameter.
    unclear: bool,
}

impl Mentioned {
    fn accounts_for(&self, name: &str) -> bool {
        self.unclear
            || [&self.in_key, &self.skipped, &self.meant]
                .into_iter()
                .flatten()
                .any(|other| other == name)
    }

    fn mean(&mut self, name: Option<String>) {
        match name {
            Some(name) => self.meant.push(name),
            None => self.unclear = true,
        }
    }
}

fn pieces(
    text: &Text,
    template: &Template,
    function: &Function,
    seen: &mut Mentioned,
    errors: &mut Errors,
) -> Vec<Piece> {
    let mut ranges = template.placeholders().map(|(_, range)| range);
    let mut pieces = Vec::new();
    for part in template.parts() {
        let path = match part {
            Part::Text(text) => {
                pieces.push(Piece::Text(text.clone()));
                continue;
            }
            Part::Value(path) => path,
        };
        let range = ranges.next().unwrap_or_default();
        if let Some(root) = placeholder::root(path, function) {
            seen.in_key.push(path.root().to_owned());
            let blame = root.span();
            match text.placeholder(path, &range, root, blame) {
                Ok(value) => pieces.push(Piece::Value(value)),
                Err(report) => errors.push(report),
            }
        } else if taken_apart(path.root(), function) {
            // Reported at the parameter.
        } else {
            let meant =
                placeholder::unknown(text, path, &range, function, Attribute::Cached, errors);
            if path.root() != "self" {
                seen.mean(meant);
            }
        }
    }
    pieces
}

fn taken_apart(name: &str, function: &Function) -> bool {
    function.params.iter().any(|param| match param {
        Param::Pattern { pat, .. } => bound_names(pat).iter().any(|bound| bound == name),
        _ => false,
    })
}

/// Braces are literal, but a parameter's name in them is a mistake that all callers would share one entry for.
fn braces(
    text: &Text,
    template: &Template,
    function: &Function,
    seen: &mut Mentioned,
    errors: &mut Errors,
) {
    let placeholders: Vec<Range<usize>> = template.placeholders().map(|(_, range)| range).collect();
    for (open, _) in text.value.match_indices('{') {
        let rest = text.value.get(open + 1..).unwrap_or_default();
        let Some((content, _)) = rest.split_once('}') else {
            return;
        };
        let range = open..open + content.len() + 2;
        let root = content.split('.').next().unwrap_or_default();
        let is_self = content.starts_with("self.") && function.receiver().is_some();
        let names_parameter = function.param(root).is_some() || is_self;
        if names_parameter
            && !placeholders
                .iter()
                .any(|other| other.start < range.end && range.start < other.end)
        {
            errors.push(
                text.fault(
                    format!("`{{{content}}}` is not a placeholder here"),
                    &range,
                    "",
                )
                .help(format!("`<{content}>`")),
            );
            seen.meant.push(root.to_owned());
        }
    }
}

fn skipped(args: &CachedArgs, function: &Function, seen: &mut Mentioned, errors: &mut Errors) {
    for ident in &args.skip {
        let name = plain(ident);
        if name == "self" {
            errors.push(Report::at(ident.span(), "`self` need not be skipped").help("remove it"));
        } else if seen.skipped.contains(&name) {
            errors.push(
                Report::at(ident.span(), format!("`{name}` is skipped twice")).help("remove one"),
            );
        } else if function.param(&name).is_none() {
            let names: Vec<_> = function.names().collect();
            let near = nearest(&name, names.iter().map(String::as_str)).map(str::to_owned);
            let report = Report::at(
                ident.span(),
                format!("`{}` has no parameter `{name}`", function.name()),
            );
            errors.push(match &near {
                Some(near) => report.help(format!("did you mean `{near}`?")),
                None => report.note(super::parameters(function)),
            });
            seen.mean(near);
        } else {
            if seen.in_key.contains(&name) {
                let headline = format!("`{name}` is in the key and skipped");
                errors.push(Report::at(ident.span(), headline).help("remove one of the two"));
            }
            seen.skipped.push(name);
        }
    }
}

fn unused(ident: &Ident, text: &Text) -> Report {
    let name = plain(ident);
    Report::at(
        ident.span(),
        format!("`{name}` is not part of the cache key"),
    )
    .help(format!("add it: `\"{}:<{name}>\"`", text.value))
    .help(format!(
        "or, if the answer does not depend on it: `skip({ident})`"
    ))
    .note(format!(
        "calls with different `{name}` would share one entry"
    ))
}

fn wildcard(span: Span, ty: &Type) -> Report {
    Report::at(span, "this parameter has no name")
        .help("name it and add `<name>` to the key")
        .help(format!(
            "or write `_unused: {}` and `skip(_unused)`",
            written(ty)
        ))
}

/// A parameter that is taken apart where it is declared.
pub(super) fn pattern(at: &TokenStream, pat: &Pat, attribute: Attribute) -> Report {
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
