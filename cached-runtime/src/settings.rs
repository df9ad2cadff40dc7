//! What the operator says about a named cache. It overrides what the attributes say.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
    time::Duration,
};

use crate::{
    error::{Error, SettingsFault},
    policy::{Policy, RefreshAhead},
    time::LONGEST,
};

/// Entries a cache holds unless its settings say otherwise.
const DEFAULT_CAPACITY: u64 = 10_000;

type Weigher = Arc<dyn Fn(&dyn Any) -> Option<u32> + Send + Sync>;

/// Settings of one named cache. Whatever is not set is left to the attributes, or to the defaults of
/// [`CachesBuilder::defaults`](crate::CachesBuilder::defaults).
///
/// ```
/// use std::time::Duration;
/// use cached_runtime::{Caches, Settings};
///
/// # fn main() -> Result<(), cached_runtime::Error> {
/// let caches = Caches::builder()
///     .settings("conversations", Settings::new().capacity(50_000).ttl(Duration::from_secs(60)))
///     .settings("files", Settings::new().max_weight(64 << 20).weigh(|file: &Vec<u8>| file.len() as u32))
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Settings {
    capacity: Option<u64>,
    max_weight: Option<u64>,
    weighers: HashMap<TypeId, Weigher>,
    ttl: Option<Duration>,
    tti: Option<Duration>,
    none_ttl: Option<Duration>,
    jitter: Option<u8>,
    stale_while_revalidate: Option<Duration>,
    stale_if_error: Option<Duration>,
    refresh_ahead: Option<RefreshAhead>,
    pub(crate) enabled: Option<bool>,
}

impl Settings {
    /// Settings that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The most entries to hold; 10,000 by default.
    #[must_use]
    pub fn capacity(mut self, entries: u64) -> Self {
        self.capacity = Some(entries);
        self
    }

    /// The most weight to hold, in the unit that the weighers count, instead of a number of entries.
    #[must_use]
    pub fn max_weight(mut self, weight: u64) -> Self {
        self.max_weight = Some(weight);
        self
    }

    /// How much a value of type `T` weighs. Values of types that have no weigher, and cached absences, weigh 1, and
    /// so does what the weigher says weighs nothing: it takes room all the same.
    ///
    /// A weigher that panics panics in the call whose answer it weighs; the answer is not stored.
    #[must_use]
    pub fn weigh<T: 'static>(
        mut self,
        weigher: impl Fn(&T) -> u32 + Send + Sync + 'static,
    ) -> Self {
        let weigher: Weigher = Arc::new(move |value| value.downcast_ref().map(&weigher));
        self.weighers.insert(TypeId::of::<T>(), weigher);
        self
    }

    /// Overrides every `ttl`.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Overrides every `tti`.
    #[must_use]
    pub fn tti(mut self, tti: Duration) -> Self {
        self.tti = Some(tti);
        self
    }

    /// Overrides every `none_ttl`.
    #[must_use]
    pub fn none_ttl(mut self, none_ttl: Duration) -> Self {
        self.none_ttl = Some(none_ttl);
        self
    }

    /// Overrides every `jitter`, in percent.
    #[must_use]
    pub fn jitter(mut self, percent: u8) -> Self {
        self.jitter = Some(percent);
        self
    }

    /// Overrides every `stale_while_revalidate`.
    #[must_use]
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.stale_while_revalidate = Some(window);
        self
    }

    /// Overrides every `stale_if_error`.
    #[must_use]
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.stale_if_error = Some(window);
        self
    }

    /// Overrides every `refresh_ahead`.
    #[must_use]
    pub fn refresh_ahead(mut self, ahead: RefreshAhead) -> Self {
        self.refresh_ahead = Some(ahead);
        self
    }

    /// Whether the cache is on when it comes into being; it is, by default.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// Fills what is not set from `defaults`. A limit of one kind is not joined by one of the other.
    pub(crate) fn or(mut self, defaults: &Self) -> Self {
        if self.capacity.is_none() && self.max_weight.is_none() {
            self.capacity = defaults.capacity;
            self.max_weight = defaults.max_weight;
        }
        for (of, weigher) in &defaults.weighers {
            self.weighers
                .entry(*of)
                .or_insert_with(|| Arc::clone(weigher));
        }
        self.ttl = self.ttl.or(defaults.ttl);
        self.tti = self.tti.or(defaults.tti);
        self.none_ttl = self.none_ttl.or(defaults.none_ttl);
        self.jitter = self.jitter.or(defaults.jitter);
        self.stale_while_revalidate = self
            .stale_while_revalidate
            .or(defaults.stale_while_revalidate);
        self.stale_if_error = self.stale_if_error.or(defaults.stale_if_error);
        self.refresh_ahead = self.refresh_ahead.or(defaults.refresh_ahead);
        self.enabled = self.enabled.or(defaults.enabled);
        self
    }

    /// Refuses settings that cannot be meant. `cache` is only named in the error.
    pub(crate) fn check(&self, cache: &str) -> Result<(), Error> {
        let refuse = |fault| {
            Err(Error::Settings {
                cache: cache.to_owned(),
                fault,
            })
        };
        if self.capacity == Some(0) || self.max_weight == Some(0) {
            return refuse(SettingsFault::NoRoom);
        }
        if self.capacity.is_some() && self.max_weight.is_some() {
            return refuse(SettingsFault::TwoLimits);
        }
        if self.max_weight.is_some() && self.weighers.is_empty() {
            return refuse(SettingsFault::NoWeigher);
        }
        if self.max_weight.is_none() && !self.weighers.is_empty() {
            return refuse(SettingsFault::NoMaxWeight);
        }
        for (name, duration) in [
            ("ttl", self.ttl),
            ("tti", self.tti),
            ("none_ttl", self.none_ttl),
            ("stale_while_revalidate", self.stale_while_revalidate),
            ("stale_if_error", self.stale_if_error),
        ] {
            if duration.is_some_and(|duration| duration.is_zero()) {
                return refuse(SettingsFault::Zero(name));
            }
        }
        if let (Some(ttl), Some(tti)) = (self.ttl, self.tti)
            && tti > ttl
        {
            return refuse(SettingsFault::TtiOverTtl { ttl, tti });
        }
        if let (Some(revalidate), Some(error)) = (self.stale_while_revalidate, self.stale_if_error)
            && error <= revalidate
        {
            return refuse(SettingsFault::ErrorWindow { error, revalidate });
        }
        if let Some(RefreshAhead::Percent(percent)) = self.refresh_ahead
            && !(1..=100).contains(&percent)
        {
            return refuse(SettingsFault::RefreshAhead(percent));
        }
        match self.jitter {
            Some(percent) if percent > 100 => refuse(SettingsFault::Jitter(percent)),
            _ => Ok(()),
        }
    }

    /// The limit of the eviction policy.
    pub(crate) fn room(&self) -> u64 {
        self.max_weight
            .or(self.capacity)
            .unwrap_or(DEFAULT_CAPACITY)
    }

    /// How many entries may wait together to be freed, in each thread that stores: few of those there is room for, and where
    /// entries have weights not many at all, since each of them may be a large part of the room.
    pub(crate) fn batch(&self) -> usize {
        const WEIGHED: u64 = 32;
        const PART: u64 = 32;
        let batch = match self.max_weight {
            Some(_) => WEIGHED,
            None => (self.room() / PART).clamp(8, 256),
        };
        usize::try_from(batch).unwrap_or(8)
    }

    pub(crate) fn weight_of<T: Any>(&self, value: &T) -> u32 {
        let weigher = self.weighers.get(&TypeId::of::<T>());
        let weight = weigher.and_then(|weigher| weigher(value));
        weight.unwrap_or(1).max(1)
    }

    /// Whether there is anything in which a policy may be overruled.
    pub(crate) const fn has_lifetimes(&self) -> bool {
        self.ttl.is_some()
            || self.tti.is_some()
            || self.none_ttl.is_some()
            || self.jitter.is_some()
            || self.stale_while_revalidate.is_some()
            || self.stale_if_error.is_some()
            || self.refresh_ahead.is_some()
    }

    /// The policy that holds where an attribute says `policy`.
    pub(crate) fn overrule(&self, policy: &Policy) -> Policy {
        if !self.has_lifetimes() {
            return *policy;
        }
        let cut = |duration: Option<Duration>| duration.map(|duration| duration.min(LONGEST));
        Policy {
            ttl: cut(self.ttl).unwrap_or(policy.ttl),
            tti: cut(self.tti).or(policy.tti),
            none_ttl: cut(self.none_ttl).or(policy.none_ttl),
            jitter: self.jitter.unwrap_or(policy.jitter),
            stale_while_revalidate: cut(self.stale_while_revalidate)
                .or(policy.stale_while_revalidate),
            stale_if_error: cut(self.stale_if_error).or(policy.stale_if_error),
            refresh_ahead: self.refresh_ahead.or(policy.refresh_ahead),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("capacity", &self.capacity)
            .field("max_weight", &self.max_weight)
            .field("weighers", &self.weighers.len())
            .field("ttl", &self.ttl)
            .field("tti", &self.tti)
            .field("none_ttl", &self.none_ttl)
            .field("jitter", &self.jitter)
            .field("stale_while_revalidate", &self.stale_while_revalidate)
            .field("stale_if_error", &self.stale_if_error)
            .field("refresh_ahead", &self.refresh_ahead)
            .field("enabled", &self.enabled)
            .finish()
    }
}
