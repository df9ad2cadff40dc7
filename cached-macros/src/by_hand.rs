//! `key!` and `pattern!`: the same grammar over the variables in scope.

use std::ops::Range;

use cached_key::{Part, Path, PatternPart, PatternTemplate, Template};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Token};

use crate::attr::{self, Content};
use crate::expand::{self, Runtime};
use crate::literal::{Text, identifier};
use crate::option::Attribute;
use crate::plan::{KeyedCall, Pattern, Piece};
use crate::reference::Keyed;
use crate::report::{Errors, Report};
use crate::spelling::written;

pub(crate) fn key(input: TokenStream) -> TokenStream {
    run(input, "key!(\"user:<id>\")", |content, runtime, errors| {
        let text = match content {
            Content::Text(literal) => &Text::new(literal.clone()),
            Content::Keyed(keyed) => {
                errors.push(is_a_function(keyed));
                return None;
            }
        };
        let template = told(Template::parse(&text.value), text, errors)?;
        let mut ranges = template.placeholders().map(|(_, range)| range);
        let mut pieces = Vec::new();
        for part in template.parts() {
            pieces.extend(match part {
                Part::Text(text) => Some(Piece::Text(text.clone())),
                Part::Value(path) => variable(text, path, &ranges.next()?, errors),
            });
        }
        Some(expand::by_hand(&pieces, runtime))
    })
}

pub(crate) fn pattern(input: TokenStream) -> TokenStream {
    run(
        input,
        "pattern!(\"user:<id>*\")",
        |content, runtime, errors| {
            let text = match content {
                Content::Text(literal) => &Text::new(literal.clone()),
                Content::Keyed(keyed) => return Some(keyed_pattern(keyed, runtime)),
            };
            let template = told(PatternTemplate::parse(&text.value), text, errors)?;
            let mut ranges = template.placeholders().map(|(_, range)| range);
            let mut pieces = Vec::new();
            for part in template.parts() {
                pieces.extend(match part {
                    PatternPart::Text(text) => Some(Piece::Text(text.clone())),
                    PatternPart::Value(path) => variable(text, path, &ranges.next()?, errors),
                    PatternPart::AnySegment => Some(Piece::AnySegment),
                });
            }
            let pattern = Pattern {
                text: text.value.clone(),
                pieces,
                tail: template.tail(),
            };
            Some(expand::by_hand_pattern(&pattern, runtime))
        },
    )
}

/// The same as in an attribute, with variables in scope.
fn keyed_pattern(keyed: &Keyed, runtime: &Runtime) -> TokenStream {
    let call = KeyedCall {
        keyed: keyed.clone(),
        attribute: Attribute::Invalidates,
        function: None,
        params: Vec::new(),
        skip: Vec::new(),
    };
    expand::by_hand_keyed(&call, runtime)
}

fn is_a_function(keyed: &Keyed) -> Report {
    let path = written(&keyed.path);
    let values = match &keyed.values {
        Some(values) => written(values),
        None => "(…)".to_owned(),
    };
    Report::over(&keyed.path, format!("`{path}` makes a key by itself"))
        .help(format!("without `key!`: `{path}{values}`"))
}

fn told<T>(
    parsed: Result<T, Vec<cached_key::Error>>,
    text: &Text,
    errors: &mut Errors,
) -> Option<T> {
    match parsed {
        Ok(parsed) => Some(parsed),
        Err(faults) => {
            errors.extend(faults.iter().map(|fault| text.grammar(fault, None)));
            None
        }
    }
}

fn run(
    input: TokenStream,
    example: &str,
    expand: impl FnOnce(&Content, &Runtime, &mut Errors) -> Option<TokenStream>,
) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = parse(input, example, &mut errors)
        .and_then(|(runtime, content)| expand(&content, &runtime, &mut errors))
        .unwrap_or_default();
    if errors.is_empty() {
        return expanded;
    }
    let errors = errors.into_tokens();
    quote!({ #errors })
}

/// `"user:<id>"`, or `crate = ::rt; "user:<id>"`.
fn parse(input: TokenStream, example: &str, errors: &mut Errors) -> Option<(Runtime, Content)> {
    let name = example.split('(').next().unwrap_or_default();
    let mut faults = Vec::new();
    let parser = |input: ParseStream<'_>| {
        let mut runtime = None;
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            runtime = Some(input.parse::<syn::Path>()?);
            if input.parse::<Option<Token![;]>>()?.is_none() {
                let fix = example.replacen('(', "(crate = ::cached_runtime; ", 1);
                faults.push(
                    Report::at(input.span(), "expected `;` after the path of `crate`")
                        .help(format!("`{fix}`")),
                );
                input.parse::<Option<Token![,]>>()?;
            }
        }
        let text = if input.is_empty() {
            None
        } else {
            Some(input.parse::<Expr>()?)
        };
        input.parse::<Option<Token![,]>>()?;
        let rest: TokenStream = input.parse()?;
        if !rest.is_empty() {
            faults.push(
                Report::over(&rest, format!("`{name}` takes one text"))
                    .help(format!("`{example}`"))
                    .note("a placeholder is the variable of its name"),
            );
        }
        Ok((runtime, text))
    };
    let parsed = parser.parse2(input);
    errors.extend(faults);
    let (runtime, text) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.push(Report::syntax(&error).help(format!("`{example}`")));
            return None;
        }
    };
    let Some(text) = text else {
        errors.push(
            Report::at(Span::call_site(), format!("`{name}` needs a text"))
                .help(format!("`{example}`")),
        );
        return None;
    };
    let runtime = match runtime.as_ref().map(attr::absolute_path).transpose() {
        Ok(runtime) => runtime,
        Err(report) => {
            errors.push(report);
            None
        }
    };
    match Content::read(&format!("`{name}`"), (&format!("{name}("), ")"), &text) {
        Ok(content) => Some((Runtime::new(runtime), content)),
        Err(report) => {
            errors.push(report);
            None
        }
    }
}

/// A variable in scope where the macro is called.
fn variable(text: &Text, path: &Path, range: &Range<usize>, errors: &mut Errors) -> Option<Piece> {
    let span = Span::call_site().located_at(text.span());
    let root = match path.root() {
        "self" => Some(Ident::new("self", span)),
        name => identifier(name, span),
    };
    let value = match root {
        Some(root) => text.placeholder(path, range, root, text.span()),
        None => Err(text.fault(format!("`{}` is not a name", path.root()), range, "")),
    };
    value
        .map_err(|report| errors.push(report))
        .ok()
        .map(Piece::Value)
}
