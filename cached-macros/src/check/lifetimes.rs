//! The lifetimes of an attribute against each other.

use proc_macro2::{Ident, Span, TokenStream};

use super::filled;
use crate::attr::{Lifetimes, Slot};
use crate::duration::Duration;
use crate::function::Function;
use crate::option::Attribute;
use crate::plan::{Base, Lifetime, Policy};
use crate::report::{Errors, Report};

/// What an attribute needs and has or has not.
pub(super) struct Needs<'a> {
    pub(super) attribute: Attribute,
    /// What stands for the attribute.
    pub(super) at: &'a TokenStream,
    /// Nothing at all was written.
    pub(super) empty: bool,
    pub(super) has_key: bool,
    pub(super) lifetimes: &'a Lifetimes,
    pub(super) skip: &'a [Ident],
}

/// Says what is not there.
pub(super) fn missing(needs: &Needs<'_>, function: &Function, errors: &mut Errors) {
    let no_ttl = needs.lifetimes.are_missing();
    let example = match needs.attribute {
        Attribute::Updates => entry(function),
        _ => filled::example(function, needs.skip),
    };
    let report = |headline: &str| Report::over(needs.at, headline);
    if !needs.has_key && no_ttl {
        let attribute = needs.attribute;
        let report = report(&format!(
            "{} needs a `key` and a `ttl`",
            attribute.display()
        ));
        errors.push(if needs.empty {
            let name = attribute.name();
            report.help(format!("write `#[{name}(key = \"{example}\", ttl = 300)]`"))
        } else {
            report.help(format!("add `key = \"{example}\", ttl = 300`"))
        });
    } else if !needs.has_key {
        errors.push(report("missing `key`").help(format!("add `key = \"{example}\"`")));
    } else if no_ttl {
        errors.push(
            report("missing `ttl`")
                .help("add `ttl = 300` (seconds) or `ttl = \"5m\"`")
                .note("an entry without a `ttl` would live until something invalidates it"),
        );
    }
}

/// The key of a thing that a mutator changes.
pub(super) fn entry(function: &Function) -> String {
    match function.names().next() {
        Some(name) => format!("conversation:<{name}>"),
        None => "conversation".to_owned(),
    }
}

/// Says which would never count beside another one.
pub(super) fn order(lifetimes: &Lifetimes, errors: &mut Errors) {
    // An entry can't go unread for longer than it lives.
    if let (Some(ttl), Some(tti)) = (literal(&lifetimes.ttl), literal(&lifetimes.tti))
        && tti.0 >= ttl.0
    {
        errors.push(
            Report::at(tti.2, "`tti` must be shorter than `ttl`")
                .note(format!("{} is not shorter than {}", tti.1, ttl.1)),
        );
    }
    let windows = (
        literal(&lifetimes.stale_while_revalidate),
        literal(&lifetimes.stale_if_error),
    );
    if let (Some(revalidate), Some(error)) = windows
        && error.0 <= revalidate.0
    {
        errors.push(
            Report::at(
                error.2,
                "`stale_if_error` must be longer than `stale_while_revalidate`",
            )
            .help("make it longer, or remove one of the two")
            .note(format!("{} is not longer than {}", error.1, revalidate.1)),
        );
    }
}

fn literal(duration: &Slot<Duration>) -> Option<(u64, &str, Span)> {
    match duration.given()? {
        Duration::Literal {
            millis,
            written,
            span,
        } => Some((*millis, written, *span)),
        Duration::Const(_) => None,
    }
}

pub(super) fn policy(lifetimes: &Lifetimes) -> Option<Policy> {
    let base = match (&lifetimes.policy, given(&lifetimes.ttl)) {
        (Slot::Given(policy), ttl) => Base::Constant {
            policy: policy.clone(),
            ttl,
        },
        (_, Some(ttl)) => Base::Ttl(ttl),
        _ => return None,
    };
    Some(Policy {
        base,
        tti: given(&lifetimes.tti),
        none_ttl: given(&lifetimes.none_ttl),
        jitter: lifetimes.jitter.given().copied(),
        stale_while_revalidate: given(&lifetimes.stale_while_revalidate),
        stale_if_error: given(&lifetimes.stale_if_error),
        refresh_ahead: lifetimes.refresh_ahead.given().copied(),
    })
}

pub(super) fn given(duration: &Slot<Duration>) -> Option<Lifetime> {
    duration.given().map(|duration| match duration {
        Duration::Literal { millis, .. } => Lifetime::Millis(*millis),
        Duration::Const(path) => Lifetime::Constant(path.clone()),
    })
}
