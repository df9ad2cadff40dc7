//! `#[invalidates]` and `#[updates]`: one act around the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;

use super::{Runtime, key, keyed, policy, shape, site, source, unchanged, wrap};
use crate::plan::{Mutator, Named, Piece, Place, Target, Update};
use crate::reference::RETURNED;

pub(crate) fn mutator(plan: Mutator) -> TokenStream {
    let Mutator {
        function,
        place,
        targets,
        within,
        updates,
        value,
    } = plan;
    let Place { runtime, caches } = place;
    let runtime = Runtime::new(runtime);
    let rt = runtime.here();
    let name = &function.name;
    let source = source(caches.as_ref(), &runtime);
    let shape = shape(&function.output, &runtime);
    let within: TokenStream = within
        .iter()
        .map(|within| keyed::within(within, &runtime))
        .collect();
    let texts = |of_tags: bool| {
        let targets = targets
            .iter()
            .filter(move |target| target.of_tags == of_tags);
        targets.map(|target| key::pattern(&target.named, &runtime))
    };
    let (patterns, tags) = (texts(false), texts(true));
    let declared = updates
        .iter()
        .map(|update| declaration(update, &value, &runtime));
    let drafts = targets.iter().map(|target| key::draft(target, &runtime));
    let draft = if targets.is_empty() {
        mixed!(|_: &mut #rt::Drafts| {})
    } else {
        mixed!(|patterns: &mut #rt::Drafts| { #(#drafts)* })
    };
    // As for a cached value's type, one place for all that may be complained about.
    let span = if updates.is_empty() {
        Span::mixed_site()
    } else {
        site(function.output.span())
    };
    let rt_there = runtime.at(span);
    let mut invalidation = quote_spanned! {span=>
        #rt_there::invalidation(&__INVALIDATES, #source, shape, #draft)
    };
    for (index, update) in updates.iter().enumerate() {
        let key = key::render(&update.key, &runtime);
        invalidation = quote_spanned! {span=>
            #rt_there::Invalidation::update(#invalidation, #index, #key)
        };
        for tag in &update.tags {
            let tag = key::render(tag, &runtime);
            invalidation = quote_spanned! {span=>
                #rt_there::Invalidation::update_tag(#invalidation, #tag)
            };
        }
    }
    let stored =
        (!updates.is_empty()).then(|| quote_spanned!(span=> let shape = #rt_there::value(shape);));

    let before = mixed! {
        let invalidation = {
            #rt::mutator_site! {
                __INVALIDATES, #name, [#(#patterns),*], [#(#tags),*], [#(#declared),*]
            }
            #within
            #shape
            #stored
            #invalidation
        };
    };
    let fill = fill(&targets, &runtime);
    wrap::function(
        function,
        &before,
        &unchanged,
        |body| mixed!(invalidation.run(#fill, #body).await),
    )
}

fn declaration(update: &Update, value: &str, runtime: &Runtime) -> TokenStream {
    let template = key::template(&update.key);
    let tags = update.tags.iter().map(key::template);
    let policy = policy::expand(&update.policy, runtime);
    mixed!((#template, #value, #policy, [#(#tags),*]))
}

/// Writes the parts of the returned value that the patterns name.
fn fill(targets: &[Target], runtime: &Runtime) -> TokenStream {
    let ret = Ident::new(RETURNED, Span::mixed_site());
    let mut statements = TokenStream::new();
    for target in targets {
        match &target.named {
            Named::Pattern(pattern) => {
                for piece in &pattern.pieces {
                    if let Piece::Hole(hole) = piece {
                        let (span, part) = (site(hole.blame), key::part(hole, runtime));
                        statements.extend(quote_spanned!(span=> holes.write(#part);));
                    }
                }
            }
            Named::Keyed(call) => statements.extend(keyed::fill(call, &ret, runtime)),
        }
    }
    let rt = runtime.here();
    if statements.is_empty() {
        mixed!(|_, _| {})
    } else {
        mixed!(|#ret, holes: &mut #rt::Holes| { #statements })
    }
}
