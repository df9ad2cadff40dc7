//! What an expansion registers, read from its tokens.

use std::time::Duration;

use cached_runtime::{
    __private::{Declaration, Location, MutatorDeclaration},
    Policy,
};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, ExprStruct, ImplItemFn, visit::Visit};

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
    fn visit_expr_struct(&mut self, item: &ExprStruct) {
        let name = item.path.segments.last().unwrap().ident.to_string();
        let location = Location {
            module: "conversations",
            file: "conversations.rs",
            line: 1,
            column: 1,
        };
        match name.as_str() {
            "Declaration" => {
                self.0 = Some(Declared::Cached(Box::leak(Box::new(Declaration {
                    template: text(field(item, "template")),
                    function: text(field(item, "function")),
                    value: text(field(item, "value")),
                    // No two methods share a template, so it does not matter which.
                    policy: Policy::new(Duration::from_mins(1)),
                    tags: texts(field(item, "tags")),
                    location,
                }))));
            }
            "MutatorDeclaration" => {
                assert!(
                    texts(field(item, "updates")).is_empty(),
                    "the example has none"
                );
                self.0 = Some(Declared::Mutator(Box::leak(Box::new(MutatorDeclaration {
                    patterns: texts(field(item, "patterns")),
                    tags: texts(field(item, "tags")),
                    updates: &[],
                    function: text(field(item, "function")),
                    location,
                }))));
            }
            _ => syn::visit::visit_expr_struct(self, item),
        }
    }
}

fn field<'a>(item: &'a ExprStruct, name: &str) -> &'a Expr {
    let is_it = |member: &syn::Member| matches!(member, syn::Member::Named(ident) if ident == name);
    let field = item.fields.iter().find(|field| is_it(&field.member));
    &field.unwrap().expr
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
    let Expr::Reference(reference) = expr else {
        panic!("{}", expr.to_token_stream());
    };
    let Expr::Array(array) = &*reference.expr else {
        panic!("{}", expr.to_token_stream());
    };
    Box::leak(array.elems.iter().map(text).collect())
}
