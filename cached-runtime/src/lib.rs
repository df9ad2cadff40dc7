#![doc = include_str!("../../README.md")]
#![expect(
    clippy::test_attr_in_doctest,
    reason = "it shows what to write in a test"
)]

#[macro_use]
mod defence;

#[doc(hidden)]
pub mod __private;
mod audit;
mod by_hand;
mod cache;
mod caches;
mod call;
#[doc = include_str!("../docs/errors.md")]
pub mod compile_errors {}
mod context;
mod error;
mod in_place;
mod key_part;

mod mutator;
pub mod policy;
mod registry;
mod settings;
pub mod shape;
mod site;
mod stats;
#[doc = include_str!("../docs/strategies.md")]
pub mod strategies {}
mod sync;
mod time;
mod transaction;
mod value;
mod warm;
pub mod write_behind;

pub use cached_key::{Error as GrammarError, Key, Pattern, ValueWriter};
#[doc = include_str!("../docs/cached.md")]
pub use cached_macros::cached;
#[doc = include_str!("../docs/coherent.md")]
pub use cached_macros::coherent;
#[doc = include_str!("../docs/invalidates.md")]
pub use cached_macros::invalidates;
/// A [`Key`] by hand: the same templates as in `#[cached]`, with variables in scope as placeholders.
///
/// ```
/// use cached_runtime::key;
///
/// let (user_id, status) = (42, Some("open"));
/// assert_eq!(key!("conversations:user:<user_id>:status:<status>").as_str(), "conversations:user:42:status:open");
/// ```
///
/// `key!(crate = path; "…")` says where `cached_runtime` is, if renamed.
pub use cached_macros::key;
#[doc = include_str!("../docs/keyspace.md")]
pub use cached_macros::keyspace;
/// A [`Pattern`] by hand: the same patterns as in `#[invalidates]`, with variables in scope as placeholders.
///
/// ```
/// use cached_runtime::pattern;
///
/// let user_id = 1;
/// let pattern = pattern!("conversations:user:<user_id>*");
/// assert!(pattern.matches("conversations:user:1:status:open"));
/// assert!(!pattern.matches("conversations:user:12"));
/// ```
///
/// `pattern!(crate = path; "…")` says where `cached_runtime` is, if renamed.
pub use cached_macros::pattern;
#[doc = include_str!("../docs/updates.md")]
pub use cached_macros::updates;

pub use crate::{
    audit::{Audit, Finding, Kind, Place, Severity, assert_sound, audit},
    cache::Cache,
    caches::{Caches, CachesBuilder},
    call::{Lookup, Missed},
    context::{bypass, only_if_cached, reload},
    error::{Error, LoadTimeout, SettingsFault},
    key_part::KeyPart,
    policy::{Policy, RefreshAhead},
    registry::Location,
    settings::Settings,
    stats::{Popular, Stats},
    time::{Clock, ManualClock, SystemClock},
    transaction::transaction,
    value::CacheValue,
    write_behind::WriteBehind,
};
