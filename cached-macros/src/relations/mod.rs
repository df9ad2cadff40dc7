//! `#[coherent]`: the attributes of a block or a module held against each other. The block itself stays as it is.

mod block;
mod check;
mod conflicts;
mod found;
mod stored;
mod unmet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::CoherentArgs;
use crate::report::Errors;

pub(crate) fn coherent(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = CoherentArgs::parse(args, &mut errors);
    if let Some(found) = block::read(item, &mut errors) {
        check::check(&found, &args, &mut errors);
    }
    let errors = errors.into_tokens();
    quote!(#item #errors)
}

/// A headline stays a headline.
fn shortened(name: &str) -> String {
    clipped(name, 32)
}

fn clipped(name: &str, length: usize) -> String {
    match name.char_indices().nth(length) {
        Some((cut, _)) => format!("{}…", name.get(..cut).unwrap_or_default()),
        None => name.to_owned(),
    }
}
