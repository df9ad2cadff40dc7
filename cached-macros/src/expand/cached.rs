//! `#[cached]`: one look-up, and on a miss one load.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use super::{Runtime, background, key, policy, shape, site, source, wrap};
use crate::plan::{Background, Cached, Filled, Lifetime, Place};

pub(crate) fn cached(plan: Cached) -> TokenStream {
    let Cached {
        function,
        place,
        key,
        tags,
        value,
        policy,
        store_if,
        timeout,
        background,
    } = plan;
    let Place { runtime, caches } = place;
    let runtime = Runtime::new(runtime);
    let rt = runtime.here();
    let (name, template) = (&function.name, key::template(&key));
    let caches_absence = policy.none_ttl.is_some();
    let policy = policy::expand(&policy, &runtime);
    let source = source(caches.as_ref(), &runtime);
    let shape = shape(&function.output, &runtime);
    let (taken, render) = key::render_at_once(&key, &runtime);
    let tag_templates = tags.iter().map(key::template);

    // What the value's type is not good for is the same complaint wherever it arises; in one place the compiler makes
    // it once. No more stands there than must: an editor takes all of it for something to show at the type.
    let span = site(function.output.span());
    let rt_there = runtime.at(span);
    let shape_there = Ident::new("shape", span);
    let absence =
        caches_absence.then(|| quote_spanned!(span=> let shape = #rt_there::may_be_absent(shape);));
    // A hit returns before anything is made that only a load needs. What was looked up is no local: the future would have to
    // keep it while it loads, and a hit would go through its memory.
    let mut missed = mixed! {
        match #rt::lookup(&__CACHED, #source, #shape_there, #render) {
            #rt::Lookup::Hit(answer) => return answer,
            #rt::Lookup::Missed(missed) => missed,
        }
    };
    let mut found = mixed!(missed);
    if timeout.is_some() {
        let timed_out = quote_spanned!(span=> #rt_there::may_time_out(shape));
        missed = mixed!((#missed, #timed_out));
        found = mixed!((missed, timed_out));
    }
    let value_type = quote_spanned!(span=> let shape = #rt_there::value(shape););
    let before = mixed! {
        let #found = {
            #rt::cached_site! { __CACHED, #template, #name, #value, #policy, [#(#tag_templates),*] }
            #shape
            #absence
            #value_type
            #taken
            #missed
        };
    };

    let miss = Miss {
        template: &template,
        tags: &tags,
        store_if: store_if.as_ref(),
        timeout: timeout.as_ref(),
        background: background.as_ref(),
        runtime: &runtime,
        span,
    };
    let prepare = |statements| miss.prepare(statements);
    wrap::function(function, &before, &prepare, |body| miss.load(&body))
}

/// What a call does that does not hit.
struct Miss<'a> {
    template: &'a TokenStream,
    tags: &'a [Filled],
    store_if: Option<&'a Expr>,
    timeout: Option<&'a Lifetime>,
    background: Option<&'a Background>,
    runtime: &'a Runtime,
    span: Span,
}

impl Miss<'_> {
    fn prepare(&self, statements: TokenStream) -> TokenStream {
        let Some(background) = self.background else {
            return statements;
        };
        let lend = background::lend(background, self.runtime);
        let statements = background::rename_self(statements);
        mixed!(#lend #statements)
    }

    fn load(&self, body: &TokenStream) -> TokenStream {
        let (span, rt) = (self.span, self.runtime.at(self.span));
        // Written before the body can move what they name.
        let tags = self.tags.iter().map(|tag| {
            let render = key::render(tag, self.runtime);
            quote_spanned!(span=> let missed = #rt::Missed::tag(missed, #render);)
        });
        let tags: TokenStream = tags.collect();
        let deadline = self.timeout.map(|timeout| self.deadline(timeout));
        let body = if deadline.is_some() {
            let template = self.template;
            quote_spanned!(span=> #rt::Missed::within(&missed, #template, __TIMEOUT, timed_out, #body))
        } else {
            body.clone()
        };
        let store_if = self.store_if.map(predicate);
        if let Some(background) = self.background {
            let take = background::take(background, self.runtime);
            let store_if = store_if.unwrap_or_else(|| quote_spanned!(span=> |_: &_| true));
            return quote_spanned! {span=> {
                #tags
                #deadline
                #take
                let body = ::std::boxed::Box::pin(#body);
                #rt::Missed::load_in_background(missed, #store_if, body).await
            }};
        }
        // Pinned where it is made, the body is moved by no layer of the runtime and takes room in none.
        let pinned = quote_spanned!(span=> ::core::pin::pin!(::core::option::Option::Some(#body)));
        let load = |body: TokenStream| {
            if let Some(store_if) = &store_if {
                quote_spanned!(span=> #rt::Missed::load_if(missed, #store_if, #rt::in_place(#body)).await)
            } else {
                quote_spanned!(span=> #rt::load(missed, #body).await)
            }
        };
        if deadline.is_some() {
            let load = load(quote_spanned!(span=> body));
            return quote_spanned! {span=> {
                #tags
                #deadline
                let body = #pinned;
                let answer = #load;
                answer
            }};
        }
        let load = load(pinned);
        if self.tags.is_empty() {
            load
        } else {
            quote_spanned!(span=> { #tags #load })
        }
    }

    fn deadline(&self, timeout: &Lifetime) -> TokenStream {
        let (span, duration) = (policy::span(timeout), policy::duration(timeout));
        let rt = self.runtime.at(span);
        quote_spanned!(span=> const __TIMEOUT: ::core::time::Duration = #rt::deadline(#duration);)
    }
}

/// A path is called, not handed on: then `&Vec<T>` passes for `&[T]`, and a path that takes something else is
/// complained about like any wrong argument.
fn predicate(store_if: &Expr) -> TokenStream {
    match store_if {
        Expr::Path(path) => quote_spanned!(site(path.span())=> |value| #path(value)),
        other => other.to_token_stream(),
    }
}
