//! Other attributes of ours on the same function. Whatever their order, those of a mutator are one act.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Meta, Path};

use crate::attr::MutatorArgs;
use crate::function::Function;
use crate::option::Attribute;
use crate::report::{Errors, Report};

/// Takes the other attributes of the mutator off the function and adds them to the first, which is the one that the
/// compiler expands. One that is about other caches stays: it is an act of its own.
pub(crate) fn absorb(
    attributes: &mut Vec<MutatorArgs>,
    function: &mut Function,
    errors: &mut Errors,
) {
    function.absorb(|sibling| {
        let Some(own) = attributes.first() else {
            return false;
        };
        let Some(attribute) = [Attribute::Invalidates, Attribute::Updates]
            .into_iter()
            .find(|attribute| is(sibling.path(), *attribute, own.runtime()))
        else {
            return false;
        };
        let mut faults = Errors::default();
        let args = MutatorArgs::parse(
            attribute,
            arguments_of(&sibling.meta),
            sibling.to_token_stream(),
            &mut faults,
        );
        let absorbed = own.shares_place_with(&args);
        if absorbed {
            errors.append(faults);
            attributes.push(args);
        }
        absorbed
    });
}

/// What else is on a function that is cached.
pub(crate) fn beside_cached(function: &Function, errors: &mut Errors) {
    for sibling in &function.attrs {
        if is(sibling.path(), Attribute::Cached, None) {
            errors.push(
                Report::over(&sibling.path(), "`#[cached]` is given twice").help("remove one"),
            );
        }
        for attribute in [Attribute::Invalidates, Attribute::Updates] {
            if is(sibling.path(), attribute, None) {
                errors.push(cached_mutator(sibling.path(), attribute));
            }
        }
    }
}

/// The same where the `#[cached]` is further down.
pub(crate) fn beside_mutator(attribute: Attribute, function: &Function, errors: &mut Errors) {
    for sibling in &function.attrs {
        if is(sibling.path(), Attribute::Cached, None) {
            errors.push(cached_mutator(sibling.path(), attribute));
        }
    }
}

fn cached_mutator(at: &Path, attribute: Attribute) -> Report {
    Report::over(
        at,
        format!(
            "`#[cached]` and {} can't share a method",
            attribute.display()
        ),
    )
    .help("make two methods of it: one that is cached, and one that changes data")
    .note("on a hit the body does not run, so nothing would be changed")
}

/// Ours, as far as the spelling shows it.
pub(crate) fn is(path: &Path, attribute: Attribute, runtime: Option<&Path>) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let way: Vec<_> = names(path).collect();
    let before = way.split_last().map_or(&[][..], |(_, before)| before);
    last.ident == attribute.name()
        && (before.is_empty()
            || before == ["cached_runtime"]
            || runtime.is_some_and(|runtime| names(runtime).eq(before.iter().cloned())))
}

fn names(path: &Path) -> impl Iterator<Item = String> {
    path.segments
        .iter()
        .map(|segment| segment.ident.to_string())
}

pub(crate) fn arguments_of(meta: &Meta) -> TokenStream {
    match meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}
