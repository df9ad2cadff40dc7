//! What the placeholders of a key are filled with.

use std::ops::Range;

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, RangeLimits, Token};

use super::call::Key;
use crate::literal::peel;
use crate::reference;

/// What one placeholder is filled with.
pub(super) enum Fill {
    Value(TokenStream),
    /// From what the function returns.
    Returned {
        ret: Ident,
        value: TokenStream,
    },
    /// `_`
    Any(Span),
    /// `..`, at the last of those that are written, and nothing for those after it.
    Rest(Span),
}

impl Fill {
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self, Self::Value(_) | Self::Returned { .. })
    }

    fn of(value: &Expr) -> Self {
        match value {
            Expr::Infer(any) => Self::Any(any.underscore_token.span),
            Expr::Range(range)
                if range.start.is_none()
                    && range.end.is_none()
                    && matches!(range.limits, RangeLimits::HalfOpen(_)) =>
            {
                Self::Rest(range.span())
            }
            other => {
                // Who borrows it himself has no need of another one.
                let value = match peel(other) {
                    Expr::Reference(reference) if reference.mutability.is_none() => {
                        reference.to_token_stream()
                    }
                    _ => borrowed(other),
                };
                match reference::returned(other.to_token_stream()) {
                    Some(ret) => Self::Returned { ret, value },
                    None => Self::Value(value),
                }
            }
        }
    }
}

/// `&value`, all of it in the place of the value.
pub(super) fn borrowed(value: &impl quote::ToTokens) -> TokenStream {
    let value = value.to_token_stream();
    let span = value.clone().into_iter().next().map(|first| first.span());
    let mut and = Punct::new('&', Spacing::Alone);
    and.set_span(span.unwrap_or_else(Span::call_site));
    let mut tokens = TokenStream::from(TokenTree::from(and));
    tokens.extend(value);
    tokens
}

/// The values in parentheses.
pub(super) fn read(values: TokenStream) -> syn::Result<Vec<Fill>> {
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(values)?;
    Ok(values.iter().map(Fill::of).collect())
}

/// A placeholder of a template, with what it shares its segment with.
pub(super) struct Placeholder {
    pub(super) name: String,
    pub(super) range: Range<usize>,
    /// It is a whole segment.
    pub(super) alone: bool,
}

pub(super) fn placeholders(key: &Key) -> Vec<Placeholder> {
    let ends = |text: &str, sign: fn(&str) -> bool| text.is_empty() || sign(text);
    key.template
        .placeholders()
        .map(|(path, range)| {
            let before = key.text.get(..range.start).unwrap_or_default();
            let after = key.text.get(range.end..).unwrap_or_default();
            Placeholder {
                name: path.to_string(),
                alone: before.ends_with(':') && ends(after, |text| text.starts_with(':')),
                range,
            }
        })
        .collect()
}
