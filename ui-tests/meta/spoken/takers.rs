//! Who takes a headline, and where.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Expr, FnArg, Pat, Signature};

use super::bindings::local;

/// Functions that take a headline: their name, how they are called, and the position at which they take it.
#[derive(Default)]
pub(super) struct Takers(pub(super) BTreeSet<(String, Way, usize)>);

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
    fn look_at(&mut self, signature: &Signature, way: Way) {
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed.pat.as_ref()),
            FnArg::Receiver(_) => None,
        });
        if let Some(index) = typed.into_iter().position(is_headline) {
            self.0.insert((signature.ident.to_string(), way, index));
        }
    }
}

pub(super) fn is_headline(pat: &Pat) -> bool {
    match pat {
        Pat::Type(typed) => is_headline(&typed.pat),
        Pat::Ident(pat) => pat.ident == "headline",
        _ => false,
    }
}
