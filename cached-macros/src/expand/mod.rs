//! Plan to tokens: one call into the runtime, and the body inside it. Nothing here can fail.

/// Tokens whose local names nobody else sees.
macro_rules! mixed {
    ($($tokens:tt)*) => {
        quote::quote_spanned!(proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod key;
mod policy;
mod wrap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Path, Type};

pub(crate) use self::key::{by_hand, by_hand_pattern};
use crate::plan::{Cached, Invalidates, Pattern, Piece, Place};

/// The way to the runtime. Nothing else spells it.
pub(crate) struct Runtime(TokenStream);

impl Runtime {
    pub(crate) fn new(path: Option<Path>) -> Self {
        Self(if let Some(path) = path {
            path.into_token_stream()
        } else {
            mixed!(::cached_runtime)
        })
    }

    fn here(&self) -> TokenStream {
        self.at(Span::mixed_site())
    }

    /// All of a call stands in one place, so that the compiler's complaint about it points there.
    fn at(&self, span: Span) -> TokenStream {
        let path = self.0.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        });
        let path: TokenStream = path.collect();
        quote_spanned!(span=> #path::__private)
    }
}

fn site(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

pub(crate) fn cached(plan: Cached) -> TokenStream {
    let Cached {
        function,
        place,
        template,
        key,
        value,
        policy,
        store_if,
    } = plan;
    let Place { runtime, caches } = place;
    let runtime = Runtime::new(runtime);
    let rt = runtime.here();
    let name = &function.name;
    let location = location(&rt);
    let caches_absence = policy.none_ttl.is_some();
    let policy = policy::expand(&policy, &runtime);
    let source = source(caches.as_ref(), &runtime);
    let shape = shape(&function.output, &runtime);
    let key = key::pieces(&key, &runtime);
    let render = mixed!(|key: &mut #rt::KeyBuf| { #key });

    // What the value's type is not good for is the same complaint wherever it arises; in one place the compiler makes
    // it once.
    let span = site(function.output.span());
    let rt_there = runtime.at(span);
    let absence =
        caches_absence.then(|| quote_spanned!(span=> let shape = #rt_there::may_be_absent(shape);));
    let lookup = quote_spanned! {span=>
        #absence
        let shape = #rt_there::value(shape);
        #rt_there::lookup(&__CACHED, #source, shape, #render)
    };
    let before = mixed! {
        let lookup = {
            static __CACHED: #rt::Site = #rt::Site::new(#rt::Declaration {
                template: #template,
                function: #name,
                value: #value,
                policy: #policy,
                tags: &[],
                location: #location,
            });
            #rt::inventory::submit! { #rt::Registration(&__CACHED) }
            #shape
            #lookup
        };
    };
    let store_if = store_if.as_ref().map(predicate);
    wrap::function(function, &before, |body| {
        // Pinned where it is made, the body is moved by no layer of the runtime and takes room in none.
        let body = quote_spanned!(span=> ::core::pin::pin!(#body));
        let load = if let Some(store_if) = &store_if {
            quote_spanned!(span=> #rt_there::Lookup::load_if(lookup, #store_if, #body).await)
        } else {
            quote_spanned!(span=> #rt_there::Lookup::load(lookup, #body).await)
        };
        // A hit returns before anything is made that only a load needs.
        quote_spanned! {span=>
            match lookup {
                #rt_there::Lookup::Hit(answer) => answer,
                lookup => #load,
            }
        }
    })
}

/// A path is called, not handed on: then `&Vec<T>` passes for `&[T]`, and a path that takes something else is
/// complained about like any wrong argument.
fn predicate(store_if: &Expr) -> TokenStream {
    match store_if {
        Expr::Path(path) => quote_spanned!(site(path.span())=> |value| #path(value)),
        other => other.to_token_stream(),
    }
}

pub(crate) fn invalidates(plan: Invalidates) -> TokenStream {
    let Invalidates {
        function,
        place,
        patterns,
        only_on_ok,
    } = plan;
    let Place { runtime, caches } = place;
    let runtime = Runtime::new(runtime);
    let rt = runtime.here();
    let name = &function.name;
    let location = location(&rt);
    let source = source(caches.as_ref(), &runtime);
    let shape = shape(&function.output, &runtime);
    let on = if only_on_ok {
        mixed!(#rt::On::Ok)
    } else {
        mixed!(#rt::On::Always)
    };
    let texts = patterns.iter().map(|pattern| &pattern.text);
    let drafts = patterns
        .iter()
        .map(|pattern| key::draft(pattern, &on, &runtime));

    let before = mixed! {
        let invalidation = {
            static __INVALIDATES: #rt::MutatorSite = #rt::MutatorSite::new(#rt::MutatorDeclaration {
                patterns: &[#(#texts),*],
                tags: &[],
                updates: &[],
                function: #name,
                location: #location,
            });
            #rt::inventory::submit! { #rt::MutatorRegistration(&__INVALIDATES) }
            #shape
            #rt::invalidation(&__INVALIDATES, #source, shape, |patterns: &mut #rt::Drafts| {
                #(#drafts)*
            })
        };
    };
    let fill = fill(&patterns, &runtime);
    wrap::function(
        function,
        &before,
        |body| mixed!(invalidation.run(#fill, ::core::pin::pin!(#body)).await),
    )
}

/// Writes the parts of the returned value that the patterns name.
fn fill(patterns: &[Pattern], runtime: &Runtime) -> TokenStream {
    let pieces = patterns.iter().flat_map(|pattern| &pattern.pieces);
    let holes = pieces.filter_map(|piece| match piece {
        Piece::Hole(value) => Some(value),
        _ => None,
    });
    let mut root = None;
    let mut statements = TokenStream::new();
    for hole in holes {
        root.get_or_insert(&hole.root);
        let (span, part) = (site(hole.blame), key::part(hole, runtime));
        statements.extend(quote_spanned!(span=> holes.write(#part);));
    }
    let rt = runtime.here();
    if let Some(root) = root {
        mixed!(|#root, holes: &mut #rt::Holes| { #statements })
    } else {
        mixed!(|_, _| {})
    }
}

fn location(rt: &TokenStream) -> TokenStream {
    mixed! {
        #rt::Location {
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    }
}

fn source(caches: Option<&Expr>, runtime: &Runtime) -> TokenStream {
    let Some(caches) = caches else {
        let rt = runtime.here();
        return mixed!(#rt::global());
    };
    let span = site(caches.span());
    let rt = runtime.at(span);
    quote_spanned!(span=> #rt::caches(&(#caches)))
}

/// Which part of the answer is the value, decided by its type. The type is named outside of the block with the
/// traits, so that none of their names can stand for one of the user's.
fn shape(output: &Type, runtime: &Runtime) -> TokenStream {
    let span = site(output.span());
    let rt = runtime.at(span);
    quote_spanned! {span=>
        let probe = #rt::Probe::<#output>::new();
        let shape = {
            use #rt::shape::*;
            (&&&&&probe).shape()
        };
    }
}
