//! `keyspace!`: the keys of a domain, declared in one place.
//!
//! Each key becomes a function that makes it, an uninhabited type with a function for each placeholder, which writes a
//! value of the declared type and so lets the compiler check it, and an arm of the keyspace's macro, through which
//! attributes learn of its template (see `keyed`).

mod check;
mod entry;
mod example;
mod expand;
mod syntax;

use proc_macro2::TokenStream;
use quote::quote;

use crate::report::Errors;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let keyspace = syntax::parse(input, &mut errors);
    let expanded = keyspace.map(|keyspace| {
        let keys = check::check(&keyspace, &mut errors);
        expand::expand(&keyspace, &keys)
    });
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}
