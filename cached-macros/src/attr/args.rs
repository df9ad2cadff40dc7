//! What each attribute was given, every value with its span.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path};

use super::{Argument, Written, arguments, value};
use crate::duration::{self, Duration};
use crate::literal::{describe, peel};
use crate::option::Attribute;
use crate::report::{Errors, Report};

/// An option: not there, there and wrong (reported), or there.
#[derive(Default)]
pub(crate) enum Slot<T> {
    #[default]
    Absent,
    Faulty,
    Given(T),
}

impl<T> Slot<T> {
    fn fill(&mut self, value: Result<T, Report>, errors: &mut Errors) {
        *self = match value {
            Ok(value) => Self::Given(value),
            Err(report) => {
                errors.push(report);
                Self::Faulty
            }
        };
    }

    fn spoil(&mut self) {
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

/// `#[cached(…)]`
#[derive(Default)]
pub(crate) struct CachedArgs {
    /// Nothing at all was written.
    pub(crate) empty: bool,
    pub(crate) key: Slot<LitStr>,
    pub(crate) ttl: Slot<Duration>,
    pub(crate) policy: Slot<ExprPath>,
    pub(crate) skip: Vec<Ident>,
    pub(crate) skip_faulty: bool,
    pub(crate) none_ttl: Slot<Duration>,
    pub(crate) tti: Slot<Duration>,
    pub(crate) jitter: Slot<u8>,
    pub(crate) store_if: Slot<Expr>,
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
                Argument::Bare(value) => args.bare(&value, errors),
                Argument::Option(name, Written::Value(value)) => args.value(name, value, errors),
                Argument::Option(_, Written::List(names)) => args.skip = names,
                Argument::Option(name, Written::Faulty) | Argument::Meant(name) => {
                    args.faulty(name);
                }
            }
        }
        args
    }

    fn bare(&mut self, value: &Expr, errors: &mut Errors) {
        let (name, literal) = match peel(value) {
            Expr::Lit(ExprLit {
                lit: literal @ Lit::Str(_),
                ..
            }) => ("key", literal),
            Expr::Lit(ExprLit {
                lit: literal @ Lit::Int(_),
                ..
            }) => ("ttl", literal),
            other => return errors.push(stray(other)),
        };
        let fix = format!("`{name} = {}`", literal.to_token_stream());
        errors.push(Report::over(literal, format!("the {name} needs its name")).help(fix));
        self.faulty(name);
    }

    fn value(&mut self, name: &str, value: Expr, errors: &mut Errors) {
        match name {
            "key" => self
                .key
                .fill(value::string("`key`", ("key = ", ""), &value), errors),
            "ttl" => self.ttl.fill(duration::parse(name, &value), errors),
            "policy" => self.policy.fill(value::policy(&value), errors),
            "none_ttl" => self.none_ttl.fill(duration::parse(name, &value), errors),
            "tti" => self.tti.fill(duration::parse(name, &value), errors),
            "jitter" => self.jitter.fill(value::percentage(name, &value), errors),
            "store_if" => self.store_if.fill(value::predicate(name, value), errors),
            "caches" => self.caches = Slot::Given(value),
            _ => self.runtime.fill(value::runtime(&value), errors),
        }
    }

    /// An option that is wrong is not missing.
    fn faulty(&mut self, name: &str) {
        match name {
            "key" => self.key.spoil(),
            "ttl" => self.ttl.spoil(),
            "policy" => self.policy.spoil(),
            "skip" => self.skip_faulty = true,
            _ => {}
        }
    }
}

/// When the body's end counts as a change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Always,
    Ok,
}

/// `#[invalidates(…)]`
#[derive(Default)]
pub(crate) struct InvalidatesArgs {
    pub(crate) patterns: Vec<LitStr>,
    /// Something stood where a pattern belongs, and was reported.
    pub(crate) patterns_faulty: bool,
    pub(crate) on: Slot<On>,
    pub(crate) caches: Slot<Expr>,
    pub(crate) runtime: Slot<Path>,
}

impl InvalidatesArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for argument in arguments(tokens, Attribute::Invalidates, errors) {
            match argument {
                Argument::Bare(value) => match value::string("a pattern", ("", ""), &value) {
                    Ok(pattern) => args.patterns.push(pattern),
                    Err(report) => {
                        args.patterns_faulty = true;
                        errors.push(report);
                    }
                },
                Argument::Option("on", Written::Value(value)) => {
                    args.on.fill(value::on(&value), errors);
                }
                Argument::Option("caches", Written::Value(value)) => {
                    args.caches = Slot::Given(value);
                }
                Argument::Option(_, Written::Value(value)) => {
                    args.runtime.fill(value::runtime(&value), errors);
                }
                Argument::Option(..) | Argument::Meant(_) => {}
            }
        }
        args
    }
}

fn stray(value: &Expr) -> Report {
    let found = match peel(value) {
        Expr::Lit(literal) => describe(&literal.lit).to_owned(),
        other => format!("`{}`", other.to_token_stream()),
    };
    Report::over(value, format!("expected an option, found {found}"))
}
