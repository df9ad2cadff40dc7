//! What an expansion registers, read from its tokens.

use std::time::Duration;

use cached_runtime::{
    __private::{Declaration, Location, MutatorDeclaration},
    Policy,
};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, ImplItemFn, Macro, Token, punctuated::Punctuated, visit::Visit};

use crate::{option::Attribute, pipeline};

#[derive(Clone, Copy)]
pub(crate) enum Declared {
    Cached(&'static Declaration),
    Mutator(&'static MutatorDeclaration),
}

impl Declared {
    /// What a method registers, unless the macros refuse it.
    pub(crate) fn expand(method: &TokenStream) -> Option<Self> {
        let mut function: ImplItemFn = syn::parse2(method.clone()).unwrap();
        let attribute = function.attrs.remove(0);
        let args = attribute.meta.require_list().unwrap().tokens.clone();
        let item = function.to_token_stream();
        let output = if attribute.path().is_ident("cached") {
            pipeline::cached(args, &item)
        } else {
            assert!(attribute.path().is_ident("invalidates"));
            pipeline::mutator(Attribute::Invalidates, args, &item)
        };
        if is_refused(output.clone()) {
            return None;
        }
        let mut found = Found(None);
        found.visit_impl_item_fn(&syn::parse2(output).unwrap());
        Some(found.0.unwrap())
    }

    pub(crate) fn cached(&self) -> Option<&'static Declaration> {
        match self {
            Self::Cached(declaration) => Some(declaration),
            Self::Mutator(_) => None,
        }
    }

    pub(crate) fn mutator(&self) -> Option<&'static MutatorDeclaration> {
        match self {
            Self::Mutator(declaration) => Some(declaration),
            Self::Cached(_) => None,
        }
    }
}

fn is_refused(output: TokenStream) -> bool {
    output.into_iter().any(|token| match token {
        TokenTree::Group(group) => is_refused(group.stream()),
        TokenTree::Ident(ident) => ident == "compile_error",
        _ => false,
    })
}

struct Found(Option<Declared>);

impl Visit<'_> for Found {
    fn visit_macro(&mut self, call: &Macro) {
        let name = call.path.segments.last().unwrap().ident.to_string();
        let location = Location {
            module: "conversations",
            file: "conversations.rs",
            line: 1,
            column: 1,
        };
        match name.as_str() {
            "cached_site" => {
                let [_, template, function, value, _, tags] = values(call);
                self.0 = Some(Declared::Cached(Box::leak(Box::new(Declaration {
                    template: text(&template),
                    function: text(&function),
                    value: text(&value),
                    // No two methods share a template, so it does not matter which.
                    policy: Policy::new(Duration::from_mins(1)),
                    tags: texts(&tags),
                    location,
                }))));
            }
            "mutator_site" => {
                let [_, function, patterns, tags, updates] = values(call);
                assert!(texts(&updates).is_empty(), "the example has none");
                self.0 = Some(Declared::Mutator(Box::leak(Box::new(MutatorDeclaration {
                    patterns: texts(&patterns),
                    tags: texts(&tags),
                    updates: &[],
                    function: text(&function),
                    location,
                }))));
            }
            _ => {}
        }
    }
}

/// What a macro is given, which is so many values.
fn values<const N: usize>(call: &Macro) -> [Expr; N] {
    let values = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
    let values: Vec<_> = values.unwrap().into_iter().collect();
    values
        .try_into()
        .unwrap_or_else(|values: Vec<_>| panic!("{} values", values.len()))
}

fn text(expr: &Expr) -> &'static str {
    let Expr::Lit(literal) = expr else {
        panic!("{}", expr.to_token_stream());
    };
    let syn::Lit::Str(text) = &literal.lit else {
        panic!("{}", expr.to_token_stream());
    };
    Box::leak(text.value().into_boxed_str())
}

fn texts(expr: &Expr) -> &'static [&'static str] {
    let Expr::Array(array) = expr else {
        panic!("{}", expr.to_token_stream());
    };
    Box::leak(array.elems.iter().map(text).collect())
}
