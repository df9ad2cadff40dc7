//! One named cache: its parts, and what they have in common.

use std::{
    sync::{Arc, atomic::fence},
    time::Duration,
};

use cached_key::{Blocks, Key};
use papaya::Guard;

use super::{
    critical::{Critical, lock},
    directory::{Digest, Directory},
    entry::{Entry, Glance, Holds},
    eviction::{Cause, Eviction, Victim, Victims},
    flights::{Aloft, Flights},
    lifetime::{Lifetime, Stage},
    overlay::Overlay,
    scope::{Frozen, Scope, Scopes},
    upkeep::Upkeep,
};
use crate::{
    policy::{Given, Policy, Terms},
    settings::Settings,
    stats::{Counters, Popular, Stats},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Moment, Timer},
};

/// Locks of the miss path; a power of two.
const STRIPES: usize = 64;

/// What readers and writers share.
pub(super) struct Shelf {
    pub(super) directory: Directory,
    pub(super) scopes: Scopes,
    pub(super) tags: Scopes,
    pub(super) eviction: Eviction,
    pub(super) counters: Counters,
}

/// The flights of some keys. Whoever changes the directory under one of these keys holds the lock, so that directory
/// and eviction policy see the changes of a key in the same order.
#[derive(Default)]
pub(super) struct Stripe {
    pub(super) flights: Flights,
    pub(super) overlay: Overlay,
}

impl Stripe {
    /// The flight of a key that callers may still join: no invalidation has overtaken it.
    pub(super) fn joinable(&mut self, digest: Digest, key: &[u8]) -> Option<&mut Aloft> {
        let aloft = self.flights.get(digest)?;
        let joinable = defended!(JoinCheck, aloft.fence.is_intact(), else true);
        (aloft.key.is(key) && joinable).then_some(aloft)
    }
}

pub(crate) struct Core {
    name: Box<str>,
    pub(super) timer: Timer,
    pub(super) settings: Settings,
    enabled: AtomicBool,
    all_enabled: Arc<AtomicBool>,
    /// How often readers were told to ask the scopes again.
    generation: AtomicU64,
    pub(super) shelf: Shelf,
    stripes: Box<[Mutex<Stripe>]>,
    pub(super) chores: Chores,
}

/// What misses write, on cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Chores {
    next_id: AtomicU64,
    /// Whether detached scopes wait to be reclaimed, and whether a task is at it.
    pub(super) untidy: AtomicBool,
    pub(super) sweeping: AtomicBool,
    /// Whether every act sees the cache, or is seen by the loads in it.
    apparent: AtomicBool,
    /// Whether any load had a tag.
    pub(super) tagged: AtomicBool,
    pub(super) upkeep: Upkeep,
    /// How many values wait to be written.
    pub(super) pending: AtomicU64,
}

impl Core {
    pub(crate) fn new(
        name: &str,
        timer: Timer,
        settings: Settings,
        all_enabled: Arc<AtomicBool>,
    ) -> Self {
        Self {
            name: name.into(),
            timer,
            enabled: AtomicBool::new(settings.enabled.unwrap_or(true)),
            all_enabled,
            generation: AtomicU64::new(1),
            shelf: Shelf {
                directory: Directory::new(settings.batch()),
                scopes: Scopes::new(),
                tags: Scopes::new(),
                eviction: Eviction::new(settings.room()),
                counters: Counters::new(),
            },
            settings,
            stripes: (0..STRIPES).map(|_| Mutex::default()).collect(),
            chores: Chores::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    #[inline]
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed) && self.all_enabled.load(Ordering::Relaxed)
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn digest<'k>(&self, key: impl Into<Blocks<'k>>) -> Digest {
        self.shelf.directory.digest(key.into())
    }

    /// What tells keys of this cache apart: all begin with its name.
    #[inline]
    pub(super) fn rest<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        key.get(self.name.len()..).unwrap_or(key)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "masked by the length, and there is always a stripe"
    )]
    #[inline]
    pub(super) fn stripe(&self, digest: Digest) -> Critical<'_, Stripe> {
        let mask = self.stripes.len() as u64 - 1;
        // The directory spreads by the low bits, the stripes by the next ones.
        let at = usize::try_from((digest >> 32) & mask).unwrap_or(0);
        lock(&self.stripes[at])
    }

    /// How many flights have not left.
    #[cfg(test)]
    pub(super) fn flights(&self) -> usize {
        self.stripes
            .iter()
            .map(|stripe| lock(stripe).flights.len())
            .sum()
    }

    /// Whether an invalidation of tags may concern this cache.
    pub(crate) fn has_tags(&self) -> bool {
        self.chores.tagged.load(Ordering::SeqCst)
    }

    /// Keeps loads from beginning until the guard is dropped.
    pub(super) fn freeze(&self) -> Frozen<'_> {
        Frozen::new(&self.shelf.scopes, &self.shelf.tags, &self.generation)
    }

    /// What a reader goes by. To be asked for before the directory: what is found good is good as of this generation.
    #[inline]
    pub(super) fn glance(&self) -> Glance {
        self.glance_at(self.timer.now())
    }

    /// The same for those who hold a lock, and have read the clock before.
    #[inline]
    pub(super) fn glance_at(&self, now: Moment) -> Glance {
        Glance {
            generation: self.generation(),
            now,
        }
    }

    /// To be asked for before the directory.
    #[inline]
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Lets each load that begins from now on see the marks of an act that has not seen this cache, so new is it.
    #[inline]
    pub(super) fn appear(&self) {
        // Once is enough: whoever sees that it was done comes after it.
        if !self.chores.apparent.load(Ordering::Acquire) {
            fence(Ordering::SeqCst);
            self.chores.apparent.store(true, Ordering::Release);
        }
    }

    /// Orders loads and insertions by their beginning. Whoever draws a number sees what came before lower ones: a load that of
    /// an expiration.
    #[inline]
    pub(super) fn next_id(&self) -> u64 {
        self.chores.next_id.fetch_add(1, Ordering::AcqRel)
    }

    /// The policy of a call as far as the operator's settings leave it alone.
    pub(crate) fn effective(&self, policy: &Policy) -> Policy {
        self.settings.overrule(policy)
    }

    /// The same for a call that is to load.
    pub(crate) fn terms(&self, given: Given<'_>) -> Terms {
        match given {
            Given::Declared(policy) if !self.settings.has_lifetimes() => Terms::Declared(policy),
            Given::Declared(policy) | Given::Here(policy) => {
                Terms::Own(Box::new(self.effective(policy)))
            }
        }
    }

    pub(crate) fn missed(&self) {
        self.shelf.counters.count(|own| &own.misses);
    }

    pub(crate) fn stats(&self) -> Stats {
        self.tidy_up();
        let now = self.timer.now();
        let guard = self.shelf.directory.guard();
        let mut stats = Stats::of(&self.shelf.counters);
        for (_, entry) in self.shelf.directory.iter(&guard) {
            let age = entry.age(now);
            stats.oldest = Some(stats.oldest.map_or(age, |oldest| oldest.max(age)));
            stats.newest = Some(stats.newest.map_or(age, |newest| newest.min(age)));
        }
        stats
    }

    pub(crate) fn popular(&self, n: usize) -> Vec<Popular> {
        let glance = self.glance();
        let now = glance.now;
        let guard = self.shelf.directory.guard();
        let mut ranked: Vec<(u32, &Entry)> = self
            .shelf
            .directory
            .iter(&guard)
            .filter(|(_, entry)| matches!(entry.stage(glance), Stage::Fresh | Stage::Ahead))
            .map(|(_, entry)| (entry.heat.hits(), entry))
            .collect();
        ranked.sort_unstable_by(|(a, left), (b, right)| {
            b.cmp(a).then_with(|| left.rest().cmp(right.rest()))
        });
        ranked
            .into_iter()
            .take(n)
            .map(|(hits, entry)| Popular {
                key: readable(&[self.name.as_bytes(), entry.rest()].concat()),
                hits,
                age: entry.age(now),
                remaining: entry.expires().since(now),
            })
            .collect()
    }

    /// The life of an answer stored now whose load began then, if that matters; `None` if it must not be stored.
    #[inline]
    pub(super) fn lifetime(
        &self,
        policy: &Policy,
        absent: bool,
        begun: Option<Moment>,
    ) -> Option<Lifetime> {
        let dice = if policy.rolls_dice() {
            let id = self.chores.next_id.load(Ordering::Relaxed);
            let dice = self.digest(&id.to_le_bytes()[..]);
            [dice >> 32, dice & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(0))
        } else {
            [0; 2]
        };
        let stored = self.timer.now();
        let took = begun.map_or(Duration::ZERO, |begun| stored.since(begun));
        Lifetime::new(policy, absent, stored, took, dice)
    }

    /// Takes hold of the scopes of a key and of its tags.
    #[inline]
    pub(super) fn hold(&self, key: &[u8], tags: &[Key], digest: Digest) -> Holds {
        Holds {
            scope: self.shelf.scopes.hold(key, digest),
            tags: self.hold_tags(tags, digest),
        }
    }

    /// Takes hold of the tags of a key.
    #[inline]
    pub(super) fn hold_tags(&self, tags: &[Key], digest: Digest) -> Box<[triomphe::Arc<Scope>]> {
        if tags.is_empty() {
            return Box::default();
        }
        // Before the first hold: an invalidation that sees no tags here has begun before any of these loads.
        self.chores.tagged.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        tags.iter()
            .map(|tag| self.shelf.tags.hold_tag(tag.as_str(), digest))
            .collect()
    }
}

fn readable(key: &[u8]) -> String {
    let key = String::from_utf8_lossy(key);
    Key::parse(&key).map_or_else(|_| key.to_string(), |key| key.short().into_owned())
}

impl Shelf {
    /// Removes those whom the eviction policy has given up.
    pub(super) fn evict(&self, victims: &Victims, guard: &impl Guard) {
        for Victim { digest, id, cause } in victims.iter() {
            // Another entry may have come in its place.
            let meant = |entry: &Entry| defended!(EvictedById, entry.id == *id, else true);
            if let Some(entry) = self.directory.remove_if(*digest, meant, guard) {
                match cause {
                    Cause::Capacity => self.counters.evictions.increment(),
                    Cause::Expired => self.counters.expirations.increment(),
                }
                self.let_go(entry);
            }
        }
    }

    /// Settles the accounts of an entry that has left the directory.
    #[inline]
    pub(super) fn let_go(&self, entry: &Entry) {
        self.counters.left(entry.weight);
        self.release_each(&entry.scope, entry.tags());
    }

    /// Gives back what somebody had taken hold of.
    pub(super) fn release(&self, holds: &Holds) {
        self.release_each(&holds.scope, &holds.tags);
    }

    #[inline]
    fn release_each(&self, scope: &triomphe::Arc<Scope>, tags: &[triomphe::Arc<Scope>]) {
        self.scopes.release(scope);
        for tag in tags {
            self.tags.release(tag);
        }
    }
}
