//! Parse, check, expand. The function survives every mistake, and every mistake is told.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::{self, CachedArgs, MutatorArgs};
use crate::expand::Runtime;
use crate::function::Function;
use crate::option::Attribute;
use crate::report::Errors;
use crate::{check, expand, siblings};

pub(crate) fn cached(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = CachedArgs::parse(args, &mut errors);
    let function = Function::parse(item.clone(), Attribute::Cached, &mut errors);
    if let Some(function) = &function {
        siblings::beside_cached(function, &mut errors);
    }
    let keys = function
        .as_ref()
        .map(|function| check::keys_of_cached(&args, function))
        .unwrap_or_default();
    let runtime = args.runtime.given().cloned();
    let plan = check::cached(args, function, &mut errors);
    finish(plan.map(expand::cached), item, errors, || {
        expand::checks(&keys, &Runtime::new(runtime))
    })
}

/// `#[invalidates]` or `#[updates]`, with all others of both on the same function.
pub(crate) fn mutator(attribute: Attribute, args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let own = MutatorArgs::parse(attribute, args, attr::here(), &mut errors);
    let mut function = Function::parse(item.clone(), attribute, &mut errors);
    let mut attributes = vec![own];
    if let Some(function) = &mut function {
        siblings::absorb(&mut attributes, function, &mut errors);
        siblings::beside_mutator(attribute, function, &mut errors);
    }
    // What is absorbed has been checked here, and must not be checked once more.
    let item = function.as_ref().map_or(item.clone(), Function::item);
    let keys = function
        .as_ref()
        .map(|function| check::keys_of_mutator(&attributes, function))
        .unwrap_or_default();
    let runtime = attributes.first().and_then(MutatorArgs::runtime).cloned();
    let plan = check::mutator(attributes, attribute, function, &mut errors);
    finish(plan.map(expand::mutator), &item, errors, || {
        expand::checks(&keys, &Runtime::new(runtime))
    })
}

/// `checks` says what is wrong beyond the errors.
fn finish(
    expanded: Option<TokenStream>,
    item: &TokenStream,
    errors: Errors,
    checks: impl FnOnce() -> TokenStream,
) -> TokenStream {
    match expanded {
        Some(expanded) if errors.is_empty() => expanded,
        _ => {
            let (errors, checks) = (errors.into_tokens(), checks());
            quote!(#item #errors #checks)
        }
    }
}
