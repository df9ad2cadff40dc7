//! Keys of keyspaces, as far as they can be judged without their templates. The rest is said where those are known.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use super::returns;
use crate::attr::{CachedArgs, Content, MutatorArgs};
use crate::function::{Function, Param};
use crate::option::Attribute;
use crate::plan::KeyedCall;
use crate::reference::{Keyed, RETURNED, returned};
use crate::report::{Errors, Report};
use crate::spelling::written;

/// `skip` is what is not part of the key.
pub(crate) fn call(
    keyed: &Keyed,
    attribute: Attribute,
    function: &Function,
    skip: &[Ident],
) -> KeyedCall {
    let params = function.params.iter().filter_map(|param| match param {
        Param::Named { ident, .. } => Some(ident.clone()),
        Param::Wildcard { .. } | Param::Pattern { .. } => None,
    });
    KeyedCall {
        keyed: keyed.clone(),
        attribute,
        function: Some(function.name()),
        params: params.collect(),
        skip: skip.to_vec(),
    }
}

/// A pattern's values may name what the function returns.
pub(super) fn pattern(keyed: &Keyed, function: &Function, errors: &mut Errors) {
    let Some(answer) = keyed.returned() else {
        return;
    };
    if let Some((param, _)) = function.param(RETURNED) {
        errors.push(
            Report::at(param.span(), "`ret` means the returned value in a pattern")
                .help("rename the parameter"),
        );
    } else if returns::is_nothing(function) {
        let headline = format!("`ret` has no value: `{}` returns nothing", function.name());
        let open = format!("{}({})", written(&keyed.path), without_returned(keyed));
        errors.push(
            Report::at(answer.span(), headline)
                .help(format!("return the value, or clear it for any: `{open}`")),
        );
    }
}

/// The values before the first that needs the answer.
fn without_returned(keyed: &Keyed) -> String {
    let values = keyed.values.as_ref().map(proc_macro2::Group::stream);
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(values.unwrap_or_default());
    let values = values.iter().flatten();
    let known = values.take_while(|value| returned(value.to_token_stream()).is_none());
    let known = known.map(written).chain(["..".to_owned()]);
    known.collect::<Vec<_>>().join(", ")
}

/// The keys of keyspaces that an attribute names.
pub(crate) fn keys_of_cached(args: &CachedArgs, function: &Function) -> Vec<KeyedCall> {
    match args.key.given() {
        Some(Content::Keyed(keyed)) if !args.skip_faulty => {
            vec![call(keyed, Attribute::Cached, function, &args.skip)]
        }
        _ => Vec::new(),
    }
}

/// The same for a mutator, whose patterns are checked where they are keys.
pub(crate) fn keys_of_mutator(attributes: &[MutatorArgs], function: &Function) -> Vec<KeyedCall> {
    let mut keys = Vec::new();
    for attribute in attributes {
        match attribute {
            MutatorArgs::Invalidates(args) => {
                for given in &args.patterns.given {
                    if let Content::Keyed(keyed) = given {
                        keys.push(call(keyed, Attribute::Invalidates, function, &[]));
                    }
                }
            }
            MutatorArgs::Updates(args) => {
                if let Some(Content::Keyed(keyed)) = args.key.given() {
                    keys.push(call(keyed, Attribute::Updates, function, &[]));
                }
            }
        }
    }
    keys
}
