//! Who takes a headline, and where.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Expr, FnArg, Pat, Signature};

use super::bindings::local;

/// The functions of a crate, by their name and how they are called, and the positions at which those of one name take a
/// headline.
#[derive(Default)]
pub(super) struct Takers(BTreeMap<(String, Way), BTreeSet<Option<usize>>>);

/// How something is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// `name(…)`, and `module::name(…)` too
    Function,
    /// `Type::name(…)`
    Associated,
    /// `value.name(…)`
    Method,
}

impl Way {
    pub(super) fn of(func: &Expr) -> &'static [Self] {
        match local(func) {
            Some(_) => &[Self::Function],
            None => &[Self::Function, Self::Associated],
        }
    }
}

impl<'ast> Visit<'ast> for Takers {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.look_at(&function.sig, Way::Function);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        let way = match function.sig.receiver() {
            Some(_) => Way::Method,
            None => Way::Associated,
        };
        self.look_at(&function.sig, way);
        visit::visit_impl_item_fn(self, function);
    }
}

impl Takers {
    /// Where something of this name takes a headline, and whether all of this name do.
    pub(super) fn positions(&self, name: &str, ways: &[Way]) -> (BTreeSet<usize>, bool) {
        let named = ways
            .iter()
            .filter_map(|way| self.0.get(&(name.to_owned(), *way)));
        let all: BTreeSet<_> = named.flatten().copied().collect();
        let sure = all.len() == 1;
        (all.into_iter().flatten().collect(), sure)
    }

    fn look_at(&mut self, signature: &Signature, way: Way) {
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed.pat.as_ref()),
            FnArg::Receiver(_) => None,
        });
        let index = typed.into_iter().position(is_headline);
        let name = (signature.ident.to_string(), way);
        self.0.entry(name).or_default().insert(index);
    }
}

pub(super) fn is_headline(pat: &Pat) -> bool {
    match pat {
        Pat::Type(typed) => is_headline(&typed.pat),
        Pat::Ident(pat) => pat.ident == "headline",
        _ => false,
    }
}
