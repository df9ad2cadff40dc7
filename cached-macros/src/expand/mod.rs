//! Plan to tokens: one call into the runtime, and the body inside it. Nothing here can fail.

mod background;
mod cached;
mod key;
mod keyed;
mod mutator;
mod policy;
mod wrap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Path, Type};

pub(crate) use self::cached::cached;
pub(crate) use self::key::{by_hand, by_hand_keyed, by_hand_pattern, tail};
pub(crate) use self::keyed::checks;
pub(crate) use self::mutator::mutator;

/// The way to the runtime. Nothing else spells it.
pub(crate) struct Runtime(TokenStream);

impl Runtime {
    pub(crate) fn new(path: Option<Path>) -> Self {
        let path = path.map_or_else(|| mixed!(::cached_runtime), ToTokens::into_token_stream);
        Self(mixed!(#path::__private))
    }

    pub(crate) fn here(&self) -> TokenStream {
        self.0.clone()
    }

    /// All of a call stands in one place, so that the compiler's complaint about it points there.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        let path = self.0.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        });
        path.collect()
    }
}

pub(crate) fn site(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

fn unchanged(statements: TokenStream) -> TokenStream {
    statements
}

fn source(caches: Option<&Expr>, runtime: &Runtime) -> TokenStream {
    let Some(caches) = caches else {
        let rt = runtime.here();
        return mixed!(#rt::global());
    };
    let span = site(caches.span());
    let rt = runtime.at(span);
    quote_spanned!(span=> #rt::caches(&(#caches)))
}

/// Which part of the answer is the value, decided by its type. The type is named outside of the block with the
/// traits, so that none of their names can stand for one of the user's.
fn shape(output: &Type, runtime: &Runtime) -> TokenStream {
    let rt = runtime.here();
    mixed! {
        let probe = #rt::Probe::<#output>::new();
        let shape = {
            use #rt::shape::*;
            (&&&&&probe).shape()
        };
    }
}
