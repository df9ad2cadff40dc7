//! All named caches together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use cached_key::Pattern;
use once_cell::sync::OnceCell;

use crate::{
    audit::{self, Audit},
    cache::{Cache, Core},
    error::Error,
    registry,
    settings::Settings,
    stats::Stats,
    time::{Clock, Timer},
};

static GLOBAL: OnceCell<Caches> = OnceCell::new();
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// A set of named caches. Clones are the same set.
///
/// A cache exists as soon as an attribute names it or somebody asks for it. Most programs have one set, the
/// [`global`](Self::global) one; a service that wants its own, for example in tests, keeps a `Caches` in a field and
/// writes `caches = self.caches` in its attributes.
#[derive(Clone)]
pub struct Caches {
    inner: Arc<Inner>,
}

struct Inner {
    id: u64,
    enabled: Arc<AtomicBool>,
    timer: Timer,
    defaults: Settings,
    settings: BTreeMap<String, Settings>,
    named: RwLock<BTreeMap<Box<str>, Arc<Core>>>,
}

impl Caches {
    /// The caches that attributes use unless they say otherwise. The first use makes them with default settings, if
    /// nobody has [`install`](CachesBuilder::install)ed others before, and logs what [`audit`](crate::audit()) finds.
    pub fn global() -> &'static Self {
        GLOBAL.get_or_init(|| {
            let caches = Self::make(CachesBuilder::default());
            caches.log_audit();
            caches
        })
    }

    /// The global caches, if they are there already.
    pub(crate) fn installed() -> Option<&'static Self> {
        GLOBAL.get()
    }

    /// Starts to set up caches of one's own.
    pub fn builder() -> CachesBuilder {
        CachesBuilder::default()
    }

    fn make(builder: CachesBuilder) -> Self {
        let caches = Self {
            inner: Arc::new(Inner {
                id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
                enabled: Arc::new(AtomicBool::new(true)),
                timer: builder.timer,
                defaults: builder.defaults,
                settings: builder.settings,
                named: RwLock::default(),
            }),
        };
        for name in registry::cache_names() {
            caches.core(name);
        }
        caches
    }

    fn log_audit(&self) {
        for finding in audit::audit().findings() {
            if finding.is_fault() {
                tracing::warn!(target: "cached_runtime::audit", caches = self.inner.id, "{finding}");
            }
        }
    }

    /// The cache of this name. It is made if it was not there.
    pub fn cache(&self, name: &str) -> Cache {
        Cache::new(self.core(name), self.clone())
    }

    pub(crate) fn core(&self, name: &str) -> Arc<Core> {
        if let Some(core) = self.existing(name) {
            return core;
        }
        let mut named = self
            .inner
            .named
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let core = named.entry(name.into()).or_insert_with(|| {
            let settings = self.inner.settings.get(name).cloned().unwrap_or_default();
            Arc::new(Core::new(
                name,
                self.inner.timer.clone(),
                settings.or(&self.inner.defaults),
                Arc::clone(&self.inner.enabled),
            ))
        });
        Arc::clone(core)
    }

    fn existing(&self, name: &str) -> Option<Arc<Core>> {
        let named = self
            .inner
            .named
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        named.get(name).cloned()
    }

    pub(crate) fn id(&self) -> u64 {
        self.inner.id
    }

    /// The names of the caches that have settings of their own.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &str> {
        self.inner.settings.keys().map(String::as_str)
    }

    /// The names of all caches there are, in order.
    pub fn names(&self) -> Vec<String> {
        let named = self
            .inner
            .named
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        named.keys().map(ToString::to_string).collect()
    }

    /// Invalidates all keys that a pattern matches. Takes a [`pattern!`](crate::pattern!) or a string that came at run
    /// time, which is refused with a position if it does not parse.
    ///
    /// A read of a matching key that starts after this has returned gets an answer whose load started after this was
    /// called. The cost does not depend on how many keys match, except for patterns with a `*` that stands for one
    /// segment, or in the middle of one.
    ///
    /// ```
    /// # use cached_runtime::{Caches, Error, pattern};
    /// # async fn f() -> Result<(), Error> {
    /// let user_id = 42;
    /// Caches::global().invalidate(pattern!("conversations:user:<user_id>*")).await?;
    /// Caches::global().invalidate("messages:7:*").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Cancellation
    ///
    /// All is done when the future is polled for the first time.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn invalidate<P: TryInto<Pattern>>(&self, pattern: P) -> Result<(), P::Error> {
        self.invalidate_now(&pattern.try_into()?);
        Ok(())
    }

    pub(crate) fn invalidate_now(&self, pattern: &Pattern) {
        if let Some(core) = self.existing(pattern.cache()) {
            core.invalidate(pattern);
        }
    }

    /// Clears all caches. As for [`invalidate`](Self::invalidate), no reader gets an older answer afterwards.
    #[expect(
        clippy::unused_async,
        reason = "further tiers are told over the network"
    )]
    pub async fn clear(&self) {
        for core in self.cores() {
            core.clear();
        }
    }

    fn cores(&self) -> Vec<Arc<Core>> {
        let named = self
            .inner
            .named
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        named.values().cloned().collect()
    }

    /// The kill switch: while the caches are off, every call of a cached method runs its body, and nothing is stored.
    /// Invalidations go on, so what was stored before is as safe as ever when the caches are switched on again.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.enabled.store(enabled, Ordering::Relaxed);
    }

    /// Whether the caches are on. A single cache may be off all the same.
    pub fn is_enabled(&self) -> bool {
        self.inner.enabled.load(Ordering::Relaxed)
    }

    /// The numbers of every cache, by name. Looks at every entry, for the oldest and the newest.
    pub fn stats(&self) -> Vec<(String, Stats)> {
        let cores = self.cores();
        cores
            .iter()
            .map(|core| (core.name().to_owned(), core.stats()))
            .collect()
    }

    /// The audit of the program's attributes together with the settings of these caches.
    pub fn audit(&self) -> Audit {
        audit::audit_with(self)
    }
}

impl AsRef<Self> for Caches {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for Caches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// Sets up [`Caches`].
pub struct CachesBuilder {
    timer: Timer,
    defaults: Settings,
    settings: BTreeMap<String, Settings>,
}

impl Default for CachesBuilder {
    fn default() -> Self {
        Self {
            timer: Timer::System,
            defaults: Settings::default(),
            settings: BTreeMap::new(),
        }
    }
}

impl CachesBuilder {
    /// Settings of the cache of this name; a second call for the same name replaces the first.
    #[must_use]
    pub fn settings(mut self, cache: &str, settings: Settings) -> Self {
        self.settings.insert(cache.to_owned(), settings);
        self
    }

    /// What holds for all caches where their own settings say nothing.
    #[must_use]
    pub fn defaults(mut self, defaults: Settings) -> Self {
        self.defaults = defaults;
        self
    }

    /// The clock by which entries age.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.timer = Timer::Custom(Arc::new(clock));
        self
    }

    /// Makes the caches. Settings that contradict each other are refused, naming the cache.
    pub fn build(self) -> Result<Caches, Error> {
        self.check()?;
        Ok(Caches::make(self))
    }

    /// Makes the caches and lets all attributes use them that name no others. To be called once, before the first call
    /// of a cached method; later it is refused, and the caches in use stay.
    pub fn install(self) -> Result<Caches, Error> {
        self.check()?;
        let mut builder = Some(self);
        let caches = GLOBAL.get_or_init(|| {
            let caches = Caches::make(builder.take().unwrap_or_default());
            caches.log_audit();
            caches
        });
        if builder.is_some() {
            return Err(Error::AlreadyInstalled);
        }
        Ok(caches.clone())
    }

    fn check(&self) -> Result<(), Error> {
        self.defaults.check("defaults")?;
        let mut caches: BTreeSet<&str> = registry::cache_names().collect();
        caches.extend(self.settings.keys().map(String::as_str));
        for cache in caches {
            let own = self.settings.get(cache).cloned().unwrap_or_default();
            own.or(&self.defaults).check(cache)?;
        }
        Ok(())
    }
}

impl fmt::Debug for CachesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachesBuilder")
            .field("defaults", &self.defaults)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
