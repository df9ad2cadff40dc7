//! The attributes and macros of `cached-runtime`, which re-exports them with their documentation.
#![forbid(unsafe_code)]
#![expect(
    missing_docs,
    reason = "documented where `cached-runtime` re-exports them, so that the examples compile"
)]

#[macro_use]
mod mixed;

mod attr;
mod by_hand;
mod check;
mod duration;
mod expand;
mod format;
mod function;
mod keyed;
mod keyspace;
mod literal;
mod option;
mod pipeline;
mod plan;
mod reference;
mod relations;
mod report;
mod shape;
mod siblings;
mod spelling;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use crate::option::Attribute;

#[proc_macro_attribute]
pub fn cached(args: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::cached(args.into(), &item.into()).into()
}

#[proc_macro_attribute]
pub fn coherent(args: TokenStream, item: TokenStream) -> TokenStream {
    relations::coherent(args.into(), &item.into()).into()
}

#[proc_macro_attribute]
pub fn invalidates(args: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::mutator(Attribute::Invalidates, args.into(), &item.into()).into()
}

#[proc_macro_attribute]
pub fn updates(args: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::mutator(Attribute::Updates, args.into(), &item.into()).into()
}

#[proc_macro]
pub fn key(input: TokenStream) -> TokenStream {
    by_hand::key(input.into()).into()
}

#[proc_macro]
pub fn keyspace(input: TokenStream) -> TokenStream {
    keyspace::expand(input.into()).into()
}

/// What the macro of a keyspace hands on to: only there are a key's template and the function that uses it both known.
#[proc_macro]
pub fn keyed(input: TokenStream) -> TokenStream {
    keyed::expand(input.into()).into()
}

#[proc_macro]
pub fn pattern(input: TokenStream) -> TokenStream {
    by_hand::pattern(input.into()).into()
}
