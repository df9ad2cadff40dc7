//! The functions of a block, and what of ours is on them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{ItemUse, Meta, Path, Token, UseTree};

use super::found::{Found, Ours};
use crate::attr::{CachedArgs, MutatorArgs};
use crate::function::Function;
use crate::option::Attribute;
use crate::report::{Errors, Report};
use crate::shape::split;
use crate::siblings::{arguments_of, is};

const ATTRIBUTES: [Attribute; 3] = [
    Attribute::Cached,
    Attribute::Invalidates,
    Attribute::Updates,
];

/// What our attributes are also called in a module: `use …::cached as memo;`.
type Names = Vec<(String, Attribute)>;

/// `None` where there is no block.
pub(super) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Found> {
    let trees: Vec<TokenTree> = item.clone().into_iter().collect();
    let parsed = Item::parse(&trees);
    if let Some(Item {
        kind: Kind::Block { inside, .. },
        ..
    }) = parsed
    {
        let mut found = Found::default();
        walk(inside, &Names::new(), &mut found, errors);
        return Some(found);
    }
    let at = parsed.map_or_else(|| trees.first().cloned(), |item| Some(item.keyword));
    let at: TokenStream = at.into_iter().collect();
    errors.push(
        Report::over(
            &at,
            "`#[coherent]` goes on an `impl` block, a trait or a module",
        )
        .note("it holds the attributes of all methods in there against each other"),
    );
    None
}

fn walk(inside: &Group, outer: &Names, found: &mut Found, errors: &mut Errors) {
    let (_, stream) = split(inside.stream());
    let items = items(stream);
    let items: Vec<_> = items
        .iter()
        .filter_map(|trees| Item::parse(trees))
        .collect();
    let mut names = outer.clone();
    for item in &items {
        if let Kind::Use(tree) = &item.kind {
            renamed(tree, &mut names);
        }
    }
    for item in items {
        match item.kind {
            Kind::Block { inside, is_module } => {
                let twice = item.attrs.iter().find(|attr| {
                    let last = attr.path().segments.last();
                    last.is_some_and(|last| last.ident == Attribute::Coherent.name())
                });
                if let Some(twice) = twice {
                    errors.push(
                        Report::over(twice.path(), "the block around it is `#[coherent]` already")
                            .help("remove one"),
                    );
                }
                // A module has names of its own.
                let names = if is_module { &Names::new() } else { &names };
                walk(inside, names, found, errors);
            }
            Kind::Function(function) => add(&function, &names, found),
            Kind::Use(_) | Kind::Other => {}
        }
    }
}

fn add(function: &Function, names: &Names, found: &mut Found) {
    let is_conditional = function
        .attrs
        .iter()
        .any(|attr| attr.path().is_ident("cfg"));
    for attr in &function.attrs {
        if attr.path().is_ident("cfg_attr") {
            let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
            let Ok(metas) = metas.parse2(arguments_of(&attr.meta)) else {
                continue;
            };
            let ours = metas
                .iter()
                .skip(1)
                .filter_map(|meta| ours(meta, names, true));
            ours.for_each(|ours| found.add(ours, function));
        } else if let Some(ours) = ours(&attr.meta, names, is_conditional) {
            found.add(ours, function);
        }
    }
}

/// Ours, as far as the spelling shows it.
fn ours(meta: &Meta, names: &Names, is_conditional: bool) -> Option<Ours> {
    let path = meta.path();
    let arguments = arguments_of(meta);
    let renamed = path
        .get_ident()
        .and_then(|ident| names.iter().find(|(name, _)| ident == name));
    let attribute = match renamed {
        Some((_, attribute)) => *attribute,
        None => ATTRIBUTES.into_iter().find(|attribute| {
            let last = path.segments.last();
            last.is_some_and(|last| last.ident == attribute.name())
                && is(path, *attribute, runtime(*attribute, &arguments).as_ref())
        })?,
    };
    Some(Ours {
        attribute,
        arguments,
        is_conditional,
    })
}

/// What an attribute says the runtime is called.
fn runtime(attribute: Attribute, arguments: &TokenStream) -> Option<Path> {
    let mut faults = Errors::default();
    let arguments = arguments.clone();
    if attribute == Attribute::Cached {
        return CachedArgs::parse(arguments, &mut faults)
            .runtime
            .into_given();
    }
    let args = MutatorArgs::parse(attribute, arguments, TokenStream::new(), &mut faults);
    args.runtime().cloned()
}

/// What an import calls our attributes.
fn renamed(tree: &UseTree, names: &mut Names) {
    match tree {
        UseTree::Path(path) => renamed(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| renamed(tree, names)),
        UseTree::Rename(rename) => {
            let attribute = ATTRIBUTES
                .into_iter()
                .find(|attribute| rename.ident == attribute.name());
            names.extend(attribute.map(|attribute| (rename.rename.to_string(), attribute)));
        }
        UseTree::Name(_) | UseTree::Glob(_) => {}
    }
}

struct Item<'a> {
    attrs: Vec<syn::Attribute>,
    keyword: TokenTree,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Block { inside: &'a Group, is_module: bool },
    Function(Box<Function>),
    Use(UseTree),
    Other,
}

impl<'a> Item<'a> {
    fn parse(trees: &'a [TokenTree]) -> Option<Self> {
        let attrs = |input: ParseStream<'_>| {
            let attrs = input.call(syn::Attribute::parse_outer)?;
            Ok((attrs, input.parse::<TokenStream>()?))
        };
        let whole = || trees.iter().cloned().collect::<TokenStream>();
        let (attrs, rest) = attrs.parse2(whole()).ok()?;
        let is_item = |word: &TokenTree| {
            let word = word.to_string();
            ["fn", "mod", "impl", "trait", "use"].contains(&word.as_str())
        };
        let is_noun = |word: &TokenTree| matches!(word, TokenTree::Ident(word) if word != "pub" && word != "unsafe");
        let first = rest.clone().into_iter().find(is_noun);
        let keyword = rest.into_iter().find(is_item).or(first)?;
        let kind = match (keyword.to_string().as_str(), trees.last()) {
            ("fn", _) => {
                // What is wrong with it its own attribute says.
                let mut faults = Errors::default();
                Function::parse(whole(), Attribute::Cached, &mut faults)
                    .map(|function| Kind::Function(Box::new(function)))
            }
            ("use", _) => syn::parse2::<ItemUse>(whole())
                .ok()
                .map(|item| Kind::Use(item.tree)),
            (word @ ("mod" | "impl" | "trait"), Some(TokenTree::Group(inside)))
                if inside.delimiter() == Delimiter::Brace =>
            {
                let is_module = word == "mod";
                Some(Kind::Block { inside, is_module })
            }
            _ => None,
        };
        Some(Self {
            attrs,
            keyword,
            kind: kind.unwrap_or(Kind::Other),
        })
    }
}

/// Where one item ends and the next begins, by their punctuation. What is cut wrongly has no attribute of ours.
fn items(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut items = Vec::new();
    let mut item = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let sign = |token: Option<&TokenTree>| match token {
            Some(TokenTree::Punct(punct)) => punct.as_char(),
            _ => ' ',
        };
        let semicolon = sign(Some(&token)) == ';';
        let braces =
            matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        item.push(token);
        // `impl Of<{ N }> for X`, `use a::{b, c};`
        let goes_on = matches!(sign(tokens.peek()), '>' | ',' | ';');
        if semicolon || (braces && !goes_on) {
            items.push(std::mem::take(&mut item));
        }
    }
    items.push(item);
    items
}
