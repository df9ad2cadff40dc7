//! What the attributes write, compared with what they wrote before.
//!
//! `CACHED_BLESS=1 cargo test -p cached-macros` takes the present expansion as the golden; read the diff.

mod expansion;
mod keyspaces;
mod messages;
mod rendering;
mod robustness;
mod spans;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::{option::Attribute, pipeline};

/// Expands the first attribute of a method or function.
fn expand(source: &str) -> TokenStream {
    let mut function: syn::ItemFn = syn::parse_str(source).unwrap();
    let attribute = function.attrs.remove(0);
    expand_meta(&attribute.meta, &function.into_token_stream())
}

fn expand_meta(attribute: &syn::Meta, item: &TokenStream) -> TokenStream {
    let args = match attribute {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let name = &attribute.path().segments.last().unwrap().ident;
    match name.to_string().as_str() {
        "cached" => pipeline::cached(args, item),
        "updates" => pipeline::mutator(Attribute::Updates, args, item),
        _ => pipeline::mutator(Attribute::Invalidates, args, item),
    }
}

fn flatten(tokens: TokenStream, flat: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => flatten(group.stream(), flat),
            other => flat.push(other.to_string()),
        }
    }
}
