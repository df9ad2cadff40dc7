//! What `#[invalidates]` and `#[updates]` were given, every value with its span.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, Path};

use super::args::unnamed;
use super::content::Content;
use super::{Argument, Contents, Lifetimes, Slot, Texts, Written, arguments, value};
use crate::option::Attribute;
use crate::report::Errors;

/// When the body's end counts as a change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Always,
    Ok,
}

/// One attribute of a mutator.
pub(crate) enum MutatorArgs {
    Invalidates(Box<InvalidatesArgs>),
    Updates(Box<UpdatesArgs>),
}

impl MutatorArgs {
    /// `at` is what stands for the attribute where something in it is missing.
    pub(crate) fn parse(
        attribute: Attribute,
        tokens: TokenStream,
        at: TokenStream,
        errors: &mut Errors,
    ) -> Self {
        if attribute == Attribute::Updates {
            Self::Updates(Box::new(UpdatesArgs::parse(tokens, at, errors)))
        } else {
            Self::Invalidates(Box::new(InvalidatesArgs::parse(tokens, at, errors)))
        }
    }

    fn place(&self) -> (&Slot<Expr>, &Slot<Path>) {
        match self {
            Self::Invalidates(args) => (&args.caches, &args.runtime),
            Self::Updates(args) => (&args.caches, &args.runtime),
        }
    }

    /// The way to the runtime, if it is given.
    pub(crate) fn runtime(&self) -> Option<&Path> {
        self.place().1.given()
    }

    /// Both are about the same caches, as far as their spelling shows it.
    pub(crate) fn shares_place_with(&self, other: &Self) -> bool {
        let spelt = |args: &Self| {
            let (caches, runtime) = args.place();
            (
                caches.given().map(|it| it.to_token_stream().to_string()),
                runtime.given().map(|it| it.to_token_stream().to_string()),
            )
        };
        spelt(self) == spelt(other)
    }

    pub(crate) fn into_place(self) -> (Option<Expr>, Option<Path>) {
        match self {
            Self::Invalidates(args) => (args.caches.into_given(), args.runtime.into_given()),
            Self::Updates(args) => (args.caches.into_given(), args.runtime.into_given()),
        }
    }
}

/// What stands for the attribute that is being expanded.
pub(crate) fn here() -> TokenStream {
    Ident::new("here", Span::call_site()).into_token_stream()
}

/// `#[invalidates(…)]`
#[derive(Default)]
pub(crate) struct InvalidatesArgs {
    pub(crate) at: TokenStream,
    pub(crate) patterns: Contents,
    /// Where the patterns belong.
    pub(crate) keyspace: Slot<Path>,
    pub(crate) tags: Texts,
    pub(crate) on: Slot<On>,
    caches: Slot<Expr>,
    runtime: Slot<Path>,
}

impl InvalidatesArgs {
    fn parse(tokens: TokenStream, at: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self {
            at,
            ..Self::default()
        };
        for argument in arguments(tokens, Attribute::Invalidates, errors) {
            match argument {
                Argument::Bare(value) => args.patterns.add(&value, errors),
                Argument::Option("in", Written::Value(value)) => {
                    args.keyspace.fill(value::keyspace(&value), errors);
                }
                Argument::Option("on", Written::Value(value)) => {
                    args.on.fill(value::on(&value), errors);
                }
                Argument::Option("caches", Written::Value(value)) => {
                    args.caches = Slot::Given(*value);
                }
                Argument::Option(_, Written::Value(value)) => {
                    args.runtime.fill(value::runtime(&value), errors);
                }
                Argument::Option(_, Written::Texts(tags)) => args.tags.fill("a tag", &tags, errors),
                Argument::Option("tags", _) | Argument::Meant("tags") => args.tags.faulty = true,
                Argument::Option(..) | Argument::Meant(_) => {}
            }
        }
        args
    }
}

/// `#[updates(…)]`
#[derive(Default)]
pub(crate) struct UpdatesArgs {
    pub(crate) at: TokenStream,
    /// Nothing at all was written.
    pub(crate) empty: bool,
    pub(crate) key: Slot<Content>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) tags: Texts,
    caches: Slot<Expr>,
    runtime: Slot<Path>,
}

impl UpdatesArgs {
    fn parse(tokens: TokenStream, at: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self {
            at,
            empty: tokens.is_empty(),
            ..Self::default()
        };
        for argument in arguments(tokens, Attribute::Updates, errors) {
            match argument {
                Argument::Bare(value) => args.faulty(unnamed(&value, Attribute::Updates, errors)),
                Argument::Option(name, Written::Value(value)) => args.value(name, *value, errors),
                Argument::Option(_, Written::Texts(tags)) => args.tags.fill("a tag", &tags, errors),
                Argument::Option(name, _) | Argument::Meant(name) => args.faulty(name),
            }
        }
        args
    }

    fn value(&mut self, name: &str, value: Expr, errors: &mut Errors) {
        match name {
            "key" => self.key.fill(value::key(&value), errors),
            "caches" => self.caches = Slot::Given(value),
            "crate" => self.runtime.fill(value::runtime(&value), errors),
            _ => self.lifetimes.value(name, &value, errors),
        }
    }

    fn faulty(&mut self, name: &str) {
        match name {
            "key" => self.key.spoil(),
            "tags" => self.tags.faulty = true,
            _ => self.lifetimes.faulty(name),
        }
    }
}
