//! The answers of `keyed!`. Nothing here can fail.

use cached_key::{Part, Path, PatternPart, PatternTemplate};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};

use super::call::{Call, What};
use super::check::Filled;
use super::fill::Fill;
use crate::expand::tail;
use crate::literal::identifier;

/// Without a key that is sound, the answer does as little as can be, so that nothing else is complained about.
pub(super) fn expand(call: &Call, filled: Option<&Filled<'_>>) -> TokenStream {
    let rt = &call.runtime;
    match (call.what, filled) {
        (What::Key, Some(filled)) => key(call, filled),
        (What::Key, None) => mixed!(|_: &mut #rt::KeyWriter<'_>| {}),
        (
            What::Pattern,
            Some(Filled {
                pattern: Some(pattern),
                ..
            }),
        ) => pattern.to_string().into_token_stream(),
        (What::Pattern, _) => mixed!(""),
        (What::Draft, Some(filled)) => draft(call, filled),
        (What::Fill, Some(filled)) => fill(call, filled),
        (What::Draft | What::Fill, None) => mixed!({}),
        (What::Check, _) => TokenStream::new(),
    }
}

fn key(call: &Call, filled: &Filled<'_>) -> TokenStream {
    let (rt, path) = (&call.runtime, &call.path);
    let template = &filled.key.template;
    let key = Ident::new("key", Span::mixed_site());
    let mut statements = TokenStream::new();
    for part in template.parts() {
        statements.extend(match part {
            // Named, so that whoever looks for the key's uses finds this one.
            Part::Text(_) if template.parts().len() == 1 => mixed!(#key.text(#path::TEMPLATE);),
            Part::Text(text) => mixed!(#key.text(#text);),
            Part::Value(name) => write(call, filled, name, &key),
        });
    }
    mixed!(|#key: &mut #rt::KeyWriter<'_>| { #statements })
}

fn draft(call: &Call, filled: &Filled<'_>) -> TokenStream {
    let (rt, path) = (&call.runtime, &call.path);
    let Some((pattern, patterns)) = filled.pattern.as_ref().zip(call.given.first()) else {
        return mixed!({});
    };
    let mut statements = TokenStream::new();
    for part in pattern.parts() {
        statements.extend(match part {
            PatternPart::Text(_) if filled.fills.is_empty() => {
                mixed!(#patterns.text(#path::TEMPLATE);)
            }
            PatternPart::Text(text) => mixed!(#patterns.text(#text);),
            PatternPart::AnySegment => mixed!(#patterns.any();),
            PatternPart::Value(name) => match filled.fill(name) {
                Some(Fill::Returned { .. }) => mixed!(#patterns.hole();),
                _ => write(call, filled, name, patterns),
            },
        });
    }
    let tail = tail(pattern.tail());
    mixed!({ #statements #patterns.end(#rt::Tail::#tail); })
}

fn fill(call: &Call, filled: &Filled<'_>) -> TokenStream {
    let [holes, answer] = call.given.as_slice() else {
        return mixed!({});
    };
    let mut statements = TokenStream::new();
    let pattern = filled
        .pattern
        .iter()
        .flat_map(PatternTemplate::placeholders);
    for (name, _) in pattern {
        if let Some(Fill::Returned { ret, value }) = filled.fill(name) {
            let written = value_of(call, &name.to_string(), value, holes);
            statements.extend(mixed!({ let #ret = #answer; #written }));
        }
    }
    mixed!({ #statements })
}

/// A statement that writes what fills a placeholder.
fn write(call: &Call, filled: &Filled<'_>, name: &Path, to: &Ident) -> TokenStream {
    match filled.fill(name) {
        Some(Fill::Value(value)) => value_of(call, &name.to_string(), value, to),
        _ => TokenStream::new(),
    }
}

/// The key has a function for each placeholder that takes its type, so the compiler complains about any other there.
fn value_of(call: &Call, name: &str, value: &TokenStream, to: &Ident) -> TokenStream {
    let path = &call.path;
    let last = path.segments.last();
    let span = last.map_or_else(Span::call_site, |last| last.ident.span());
    let name = identifier(name, span);
    let allow = value
        .clone()
        .into_iter()
        .nth(1)
        .filter(|root| root.to_string().starts_with('_'))
        .map(|_| mixed!(#[allow(clippy::used_underscore_binding)]));
    quote_spanned!(span=> #allow #path::#name(#to, #value);)
}
