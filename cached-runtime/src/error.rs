//! What can go wrong at run time.

use std::{convert::Infallible, fmt, time::Duration};

/// An error of the toolkit. Calls of annotated methods never return one: they return what the method returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A key or a pattern that came at run time does not parse. The message says where and why.
    Grammar(cached_key::Error),
    /// The settings of a cache contradict each other.
    Settings {
        /// The cache, or `defaults`.
        cache: String,
        /// What is wrong with them.
        fault: SettingsFault,
    },
    /// The global [`Caches`](crate::Caches) are there already: installed before, or made with default settings by the
    /// first call that needed them.
    AlreadyInstalled,
}

/// A load took longer than its `timeout`.
///
/// `#[cached(timeout = …)]` needs a method whose error can be made from it: `impl From<LoadTimeout> for MyError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadTimeout {
    /// The key template of the method.
    pub template: &'static str,
    /// How long the load was given.
    pub after: Duration,
}

impl fmt::Display for LoadTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { template, after } = self;
        write!(
            f,
            "loading `{template}` took longer than {after:?}; the method's `timeout` says how long it may take"
        )
    }
}

impl std::error::Error for LoadTimeout {}

/// What is wrong with settings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsFault {
    /// A capacity or a weight of zero.
    NoRoom,
    /// Both a capacity and a weight.
    TwoLimits,
    /// A weight, but nothing that weighs.
    NoWeigher,
    /// A weigher, but no weight to keep to.
    NoMaxWeight,
    /// A lifetime of zero.
    Zero(&'static str),
    /// Idle for longer than alive.
    TtiOverTtl {
        /// The `ttl`.
        ttl: Duration,
        /// The `tti`.
        tti: Duration,
    },
    /// A percentage above 100.
    Jitter(u8),
    /// Kept for errors no longer than handed out anyway.
    ErrorWindow {
        /// The `stale_if_error`.
        error: Duration,
        /// The `stale_while_revalidate`.
        revalidate: Duration,
    },
    /// A percentage that is not from 1 to 100.
    RefreshAhead(u8),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grammar(error) => error.fmt(f),
            Self::Settings { cache, fault } => write!(f, "the settings of cache `{cache}`: {fault}"),
            Self::AlreadyInstalled => f.write_str(
                "the global caches are in use already; call `install` once, before the first call of a cached method",
            ),
        }
    }
}

impl fmt::Display for SettingsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom => f.write_str(
                "no room for a single entry; to switch a cache off use `enabled(false)`",
            ),
            Self::TwoLimits => f.write_str("`capacity` and `max_weight` are both set; remove one"),
            Self::NoWeigher => {
                f.write_str("`max_weight` needs a weigher; add `weigh(|value: &T| …)`")
            }
            Self::NoMaxWeight => f.write_str(
                "a weigher without `max_weight` weighs for nothing; add `max_weight(…)`",
            ),
            Self::Zero(name) => write!(
                f,
                "`{name}` must be longer than zero; to switch a cache off use `enabled(false)`"
            ),
            Self::TtiOverTtl { ttl, tti } => {
                write!(
                    f,
                    "`tti` ({tti:?}) is longer than `ttl` ({ttl:?}) and would never count"
                )
            }
            Self::Jitter(percent) => {
                write!(f, "`jitter` is a percentage up to 100, found {percent}")
            }
            Self::ErrorWindow { error, revalidate } => write!(
                f,
                "`stale_if_error` ({error:?}) must be longer than `stale_while_revalidate` ({revalidate:?}), or it would \
                 never count"
            ),
            Self::RefreshAhead(percent) => write!(
                f,
                "`refresh_ahead` is a percentage from 1 to 100, found {percent}"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Grammar(error) => Some(error),
            _ => None,
        }
    }
}

impl From<cached_key::Error> for Error {
    fn from(error: cached_key::Error) -> Self {
        Self::Grammar(error)
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
