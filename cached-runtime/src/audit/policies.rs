//! Policies held against each other.

use std::time::Duration;

use super::declared::Keeper;
use crate::policy::{Policy, RefreshAhead};

/// Whether both keep what they store alike. Nobody updates a value to its absence.
pub(super) fn agree(one: &Keeper, other: &Keeper) -> bool {
    let none_ttl_counts = one.is_update == other.is_update;
    let lasting = |policy: Policy| Policy {
        none_ttl: policy.none_ttl.filter(|_| none_ttl_counts),
        ..policy
    };
    lasting(one.policy) == lasting(other.policy)
}

/// What `policy` says of the options in which `all` are not the same.
pub(super) fn differences(policy: Policy, all: &[Policy]) -> String {
    let own = options(policy).into_iter();
    let own = own.filter(|option| all.iter().any(|other| !options(*other).contains(option)));
    own.collect::<Vec<_>>().join(", ")
}

fn options(policy: Policy) -> [String; 7] {
    let span = |name: &str, span: Option<Duration>| match span {
        Some(span) => format!("`{name}` {span:?}"),
        None => format!("no `{name}`"),
    };
    [
        span("ttl", Some(policy.ttl)),
        span("tti", policy.tti),
        span("none_ttl", policy.none_ttl),
        match policy.jitter {
            0 => "no `jitter`".to_owned(),
            percent => format!("`jitter` {percent} %"),
        },
        span("stale_while_revalidate", policy.stale_while_revalidate),
        span("stale_if_error", policy.stale_if_error),
        match policy.refresh_ahead {
            None => "no `refresh_ahead`".to_owned(),
            Some(RefreshAhead::Auto) => "`refresh_ahead` auto".to_owned(),
            Some(RefreshAhead::Percent(percent)) => format!("`refresh_ahead` {percent} %"),
        },
    ]
}
