//! The key of `#[cached]` against the parameters: each is in it, or skipped.

use cached_key::{Subject, Template, nearest};
use proc_macro2::{Ident, Span};
use syn::Type;

use super::filled::{self, Context};
use super::placeholder;
use crate::attr::CachedArgs;
use crate::function::{Function, Param, plain};
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::Piece;
use crate::report::{Errors, Report};
use crate::spelling::written;

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
    let mut pieces = Vec::new();
    if let Some((text, template)) = key {
        let context = Context {
            attribute: Attribute::Cached,
            subject: Subject::Key,
            function,
        };
        let found = filled::fill(text, template, context, errors);
        pieces = found.pieces;
        seen.in_key = found.named;
        for name in found.meant {
            seen.mean(name);
        }
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
            Param::Pattern { at, pat } => {
                errors.push(placeholder::taken_apart(at, pat, Attribute::Cached));
            }
        }
    }
    pieces
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
