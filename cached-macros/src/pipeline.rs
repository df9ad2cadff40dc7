//! Parse, check, expand. The function survives every mistake, and every mistake is told.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::{CachedArgs, InvalidatesArgs};
use crate::function::Function;
use crate::option::Attribute;
use crate::report::Errors;
use crate::{check, expand};

pub(crate) fn cached(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = CachedArgs::parse(args, &mut errors);
    let function = Function::parse(item.clone(), Attribute::Cached, &mut errors);
    let plan = check::cached(args, function, &mut errors);
    finish(plan.map(expand::cached), item, errors)
}

pub(crate) fn invalidates(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = InvalidatesArgs::parse(args, &mut errors);
    let function = Function::parse(item.clone(), Attribute::Invalidates, &mut errors);
    let plan = check::invalidates(args, function, &mut errors);
    finish(plan.map(expand::invalidates), item, errors)
}

fn finish(expanded: Option<TokenStream>, item: &TokenStream, errors: Errors) -> TokenStream {
    match expanded {
        Some(expanded) if errors.is_empty() => expanded,
        _ => {
            let errors = errors.into_tokens();
            quote!(#item #errors)
        }
    }
}
