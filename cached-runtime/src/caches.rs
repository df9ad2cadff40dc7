//! All named caches together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, mem,
    sync::{Arc, atomic::fence},
};

use cached_key::Pattern;
use foldhash::fast::RandomState;
use once_cell::sync::OnceCell;
use papaya::HashMap;

use crate::{
    audit::{self, Audit, Severity},
    cache::{self, Cache, Core, Frozen, Update},
    error::Error,
    registry,
    settings::Settings,
    stats::Stats,
    sync::atomic::{AtomicBool, Ordering},
    time::{Clock, Timer},
};

static GLOBAL: OnceCell<Caches> = OnceCell::new();

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
    enabled: Arc<AtomicBool>,
    timer: Timer,
    defaults: Settings,
    settings: BTreeMap<String, Settings>,
    named: HashMap<Box<str>, Arc<Core>, RandomState>,
    /// Those among them that attributes name, as [`registry::cache_names`] has them.
    declared: OnceCell<Box<[Arc<Core>]>>,
}

/// What an invalidation means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// The keys that match.
    Keys(Pattern),
    /// The keys that have a tag which matches.
    Tags(Pattern),
    /// The keys of the cache of this name.
    Cache(Box<str>),
    All,
    /// The keys that match are past their time, and no more.
    PastTime(Pattern),
}

impl Target {
    fn concerns(&self, core: &Core) -> bool {
        match self {
            Self::Keys(pattern) => pattern.cache() == core.name(),
            Self::Tags(_) => core.has_tags(),
            Self::Cache(name) => **name == *core.name(),
            Self::All => true,
            Self::PastTime(_) => false,
        }
    }
}

impl Caches {
    /// The caches that attributes use unless they say otherwise. The first use makes them with default settings, if
    /// nobody has [`install`](CachesBuilder::install)ed others before, and logs what [`audit`](crate::audit()) finds, a line for
    /// each finding, with the target `cached_runtime::audit`: errors as warnings, remarks as information.
    pub fn global() -> &'static Self {
        GLOBAL
            .get()
            .unwrap_or_else(|| Self::init(CachesBuilder::default()).0)
    }

    /// The global caches, and whether it was this call that made them.
    #[cold]
    fn init(builder: CachesBuilder) -> (&'static Self, bool) {
        let mut builder = Some(builder);
        let caches = GLOBAL.get_or_init(|| Self::make(builder.take().unwrap_or_default()));
        let made = builder.is_none();
        if made {
            // Now that the caches are there, a subscriber to these events may use them.
            log_audit();
        }
        (caches, made)
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
        let names = registry::cache_names();
        let caches = Self {
            inner: Arc::new(Inner {
                enabled: Arc::new(AtomicBool::new(true)),
                timer: builder.timer,
                defaults: builder.defaults,
                settings: builder.settings,
                named: HashMap::default(),
                declared: OnceCell::new(),
            }),
        };
        let cores = || names.iter().map(|name| caches.core(name)).collect();
        caches.inner.declared.get_or_init(cores);
        caches
    }

    /// The cache of this name. It is made if it was not there.
    pub fn cache(&self, name: &str) -> Cache {
        Cache::new(self.core(name), self.clone())
    }

    /// The cache that [`registry::cache_names`] has at this place.
    #[inline]
    pub(crate) fn declared(&self, at: usize) -> Option<&Arc<Core>> {
        self.inner.declared.get()?.get(at)
    }

    /// The cache of this name, without a lock if it is there.
    pub(crate) fn core(&self, name: &str) -> Arc<Core> {
        let named = self.inner.named.pin();
        let core = named.get(name).unwrap_or_else(|| {
            let settings = self.inner.settings.get(name).cloned().unwrap_or_default();
            let make = || {
                Arc::new(Core::new(
                    name,
                    self.inner.timer.clone(),
                    settings.or(&self.inner.defaults),
                    Arc::clone(&self.inner.enabled),
                ))
            };
            named.get_or_insert_with(name.into(), make)
        });
        Arc::clone(core)
    }

    /// The names of the caches that have settings of their own.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &str> {
        self.inner.settings.keys().map(String::as_str)
    }

    /// The names of all caches there are, in order.
    pub fn names(&self) -> Vec<String> {
        let cores = self.cores();
        cores.iter().map(|core| core.name().to_owned()).collect()
    }

    /// Carries several invalidations out as one: no load that begins in between can put together an answer from what
    /// one of them has cleared already and another one has not. Updates are part of it.
    pub(crate) fn carry_out(&self, targets: &[Target], updates: Vec<Update>) {
        let concerns = |core: &Core| targets.iter().any(|target| target.concerns(core));
        let mark = |core: &Core, scopes: &mut Frozen<'_>| {
            for target in targets.iter().filter(|target| target.concerns(core)) {
                match target {
                    Target::Keys(pattern) => scopes.invalidate(pattern),
                    Target::Tags(pattern) => scopes.invalidate_tag(pattern),
                    Target::Cache(_) | Target::All => scopes.clear(),
                    Target::PastTime(_) => {}
                }
            }
        };
        self.act(concerns, mark, updates);
        for target in targets {
            if let Target::PastTime(pattern) = target
                && let Some(core) = self.inner.named.pin().get(pattern.cache())
            {
                core.expire(pattern);
            }
        }
    }

    /// Carries out what sets its marks in the caches that it concerns. One that is new, or has its first tag, while they are
    /// set may have an answer made of what was about to be marked. Then all of them are marked anew, and what was stored goes
    /// with the rest.
    fn act(
        &self,
        concerns: impl Fn(&Core) -> bool,
        mark: impl Fn(&Core, &mut Frozen<'_>),
        mut updates: Vec<Update>,
    ) {
        loop {
            let cores = self.cores_that(&concerns);
            cache::act(&cores, &mark, mem::take(&mut updates));
            // Either this sees a new cache, or the loads in it see the marks: the other ones are in the core.
            fence(Ordering::SeqCst);
            let named = self.inner.named.pin();
            // Caches only ever come, and so do tags.
            let concerned = named.values().filter(|core| concerns(core)).count();
            if defended!(ActForNewCaches, concerned == cores.len(), else true) {
                return;
            }
        }
    }

    /// Whether both are the same set.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// All caches, in the order of their names.
    fn cores(&self) -> Vec<Arc<Core>> {
        self.cores_that(|_| true)
    }

    fn cores_that(&self, are_meant: impl Fn(&Core) -> bool) -> Vec<Arc<Core>> {
        let named = self.inner.named.pin();
        let meant = named.values().filter(|core| are_meant(core));
        let mut cores: Vec<_> = meant.cloned().collect();
        cores.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        cores
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

fn log_audit() {
    for finding in audit::audit().findings() {
        let kind = finding.kind().name();
        match finding.severity() {
            Severity::Error => {
                tracing::warn!(target: "cached_runtime::audit", kind, "{finding}");
            }
            Severity::Remark => {
                tracing::info!(target: "cached_runtime::audit", kind, "{finding}");
            }
        }
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
        match Caches::init(self) {
            (caches, true) => Ok(caches.clone()),
            (_, false) => Err(Error::AlreadyInstalled),
        }
    }

    fn check(&self) -> Result<(), Error> {
        self.defaults.check("defaults")?;
        let mut caches: BTreeSet<&str> = registry::cache_names().iter().copied().collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, policy};

    /// A load in the new cache may have read what was about to be marked.
    #[test]
    fn a_cache_that_is_made_during_an_act_is_part_of_it() {
        let caches = Caches::builder().build().unwrap();
        caches.cache("rows");
        let sum = Key::parse("sums:1").unwrap();
        let mark = |_: &Core, scopes: &mut Frozen<'_>| {
            if caches.names() == ["rows"] {
                caches.cache("sums").insert(&sum, 1_u64, &policy::QUERY);
            }
            scopes.clear();
        };
        caches.act(|_| true, mark, Vec::new());
        assert_eq!(caches.cache("sums").get::<u64>(&sum), None);
    }
}
