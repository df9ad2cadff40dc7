//! `#[invalidates]` and `#[updates]`: one act around the body.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;

use super::{Runtime, key, location, policy, shape, site, source, unchanged, wrap};
use crate::plan::{Mutator, Piece, Place, Target, Update};

pub(crate) fn mutator(plan: Mutator) -> TokenStream {
    let Mutator {
        function,
        place,
        targets,
        updates,
        value,
    } = plan;
    let Place { runtime, caches } = place;
    let runtime = Runtime::new(runtime);
    let rt = runtime.here();
    let name = &function.name;
    let location = location(&rt);
    let source = source(caches.as_ref(), &runtime);
    let shape = shape(&function.output, &runtime);
    let texts = |of_tags: bool| {
        let targets = targets
            .iter()
            .filter(move |target| target.of_tags == of_tags);
        targets.map(|target| &target.pattern.text)
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
            static __INVALIDATES: #rt::MutatorSite = #rt::MutatorSite::new(#rt::MutatorDeclaration {
                patterns: &[#(#patterns),*],
                tags: &[#(#tags),*],
                updates: &[#(#declared),*],
                function: #name,
                location: #location,
            });
            #rt::inventory::submit! { #rt::MutatorRegistration(&__INVALIDATES) }
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
    let rt = runtime.here();
    let template = &update.key.template;
    let tags = update.tags.iter().map(|tag| &tag.template);
    let policy = policy::expand(&update.policy, runtime);
    mixed! {
        #rt::UpdateDeclaration {
            template: #template,
            value: #value,
            policy: #policy,
            tags: &[#(#tags),*],
        }
    }
}

/// Writes the parts of the returned value that the patterns name.
fn fill(targets: &[Target], runtime: &Runtime) -> TokenStream {
    let pieces = targets.iter().flat_map(|target| &target.pattern.pieces);
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
