//! What `#[cached]` was given, every value with its span.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, ExprLit, Lit, LitStr, Path};

use super::content::Content;
use super::{Argument, Lifetimes, Written, arguments, value};
use crate::duration::{self, Duration};
use crate::literal::{describe, peel};
use crate::option::{self, Attribute};
use crate::reference::Keyed;
use crate::report::{Errors, Report};
use crate::spelling::written;

/// An option: not there, there and wrong (reported), or there.
#[derive(Default)]
pub(crate) enum Slot<T> {
    #[default]
    Absent,
    Faulty,
    Given(T),
}

impl<T> Slot<T> {
    pub(super) fn fill(&mut self, value: Result<T, Report>, errors: &mut Errors) {
        *self = match value {
            Ok(value) => Self::Given(value),
            Err(report) => {
                errors.push(report);
                Self::Faulty
            }
        };
    }

    pub(super) fn spoil(&mut self) {
        if self.is_absent() {
            *self = Self::Faulty;
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(crate) fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn into_given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            _ => None,
        }
    }
}

/// `tags("a", "b")`
#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) literals: Vec<LitStr>,
    /// Something in the list, or the list itself, was wrong and is reported.
    pub(crate) faulty: bool,
}

impl Texts {
    pub(super) fn fill(&mut self, subject: &str, values: &[Expr], errors: &mut Errors) {
        for value in values {
            match value::string(subject, ("", ""), value) {
                Ok(literal) => self.literals.push(literal),
                Err(report) => {
                    self.faulty = true;
                    errors.push(report);
                }
            }
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.literals.is_empty() && !self.faulty
    }
}

/// Patterns: texts, and keys of keyspaces.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) given: Vec<Content>,
    /// Something among them was wrong and is reported.
    pub(crate) faulty: bool,
}

impl Contents {
    pub(super) fn add(&mut self, value: &Expr, errors: &mut Errors) {
        match Content::read("a pattern", ("", ""), value) {
            Ok(content) => self.given.push(content),
            Err(report) => {
                self.faulty = true;
                errors.push(report);
            }
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.given.is_empty() && !self.faulty
    }
}

/// `#[cached(…)]`
#[derive(Default)]
pub(crate) struct CachedArgs {
    /// Nothing at all was written.
    pub(crate) empty: bool,
    pub(crate) key: Slot<Content>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) skip: Vec<Ident>,
    pub(crate) skip_faulty: bool,
    pub(crate) tags: Texts,
    pub(crate) store_if: Slot<Expr>,
    pub(crate) timeout: Slot<Duration>,
    /// The option's name.
    pub(crate) background: Option<Span>,
    pub(crate) caches: Slot<Expr>,
    pub(crate) runtime: Slot<Path>,
}

impl CachedArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self {
            empty: tokens.is_empty(),
            ..Self::default()
        };
        for argument in arguments(tokens, Attribute::Cached, errors) {
            match argument {
                Argument::Bare(value) => {
                    args.faulty(unnamed(&value, Attribute::Cached, errors));
                }
                Argument::Option(name, Written::Value(value)) => args.value(name, *value, errors),
                Argument::Option(_, Written::Names(names)) => args.skip = names,
                Argument::Option(_, Written::Texts(tags)) => args.tags.fill("a tag", &tags, errors),
                Argument::Option(_, Written::Flag(span)) => args.background = Some(span),
                Argument::Option(name, Written::Faulty) | Argument::Meant(name) => {
                    args.faulty(name);
                }
            }
        }
        args
    }

    fn value(&mut self, name: &str, value: Expr, errors: &mut Errors) {
        match name {
            "key" => self.key.fill(value::key(&value), errors),
            "store_if" => self.store_if.fill(value::predicate(name, value), errors),
            "timeout" => self.timeout.fill(duration::parse(name, &value), errors),
            "caches" => self.caches = Slot::Given(value),
            "crate" => self.runtime.fill(value::runtime(&value), errors),
            _ => self.lifetimes.value(name, &value, errors),
        }
    }

    /// An option that is wrong is not missing.
    fn faulty(&mut self, name: &str) {
        match name {
            "key" => self.key.spoil(),
            "skip" => self.skip_faulty = true,
            "tags" => self.tags.faulty = true,
            _ => self.lifetimes.faulty(name),
        }
    }
}

/// The option that a value without a name is probably meant for.
pub(super) fn unnamed(value: &Expr, attribute: Attribute, errors: &mut Errors) -> &'static str {
    if let Some(Ok(keyed)) = Keyed::read(value) {
        let fix = format!("`key = {}`", written(value));
        errors.push(Report::over(&keyed.path, "the key needs its name").help(fix));
        return "key";
    }
    let (name, literal) = match peel(value) {
        Expr::Lit(ExprLit {
            lit: literal @ Lit::Str(_),
            ..
        }) => ("key", literal),
        Expr::Lit(ExprLit {
            lit: literal @ Lit::Int(_),
            ..
        }) => ("ttl", literal),
        other => {
            errors.push(stray(other).note(option::listed(attribute)));
            return "";
        }
    };
    let fix = format!("`{name} = {}`", literal.to_token_stream());
    errors.push(Report::over(literal, format!("the {name} needs its name")).help(fix));
    name
}

pub(super) fn stray(value: &Expr) -> Report {
    let found = match peel(value) {
        Expr::Lit(literal) => describe(&literal.lit).to_owned(),
        other => format!("`{}`", other.to_token_stream()),
    };
    Report::over(value, format!("expected an option, found {found}"))
}
