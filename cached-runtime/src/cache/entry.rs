//! One answer in the directory.

use std::time::Duration;

use triomphe::Arc;

use super::{
    content::Content,
    eviction::{NOWHERE, Number},
    heat::Heat,
    lifetime::{Late, Lifetime, RETRY_AFTER, Stage},
    name::KeyName,
    scope::Scope,
};
use crate::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Moment,
};

/// No key goes on like this: keys are text.
const FILLER: &[u8] = &[u8::MAX];

/// What hangs on the fence: the scope of the key, and one for each tag.
#[derive(Clone)]
pub(super) struct Holds {
    pub(super) scope: Arc<Scope>,
    pub(super) tags: Box<[Arc<Scope>]>,
}

impl Holds {
    /// Whether nothing has reached what has this number and hangs here.
    #[inline]
    pub(super) fn accept(&self, number: u64) -> bool {
        self.scope.accepts(number) && self.tags.iter().all(|tag| tag.accepts(number))
    }
}

/// What an entry is to hang on, found good.
pub(super) struct Accepted {
    pub(super) holds: Holds,
    /// Of the load.
    pub(super) number: u64,
    /// Of the cache, from before the scopes were asked or taken hold of: what came meanwhile, readers find.
    pub(super) generation: u64,
}

/// What a reader goes by, taken before he looks for the entry.
#[derive(Clone, Copy)]
pub(super) struct Glance {
    /// Of the cache.
    pub(super) generation: u64,
    pub(super) now: Moment,
}

/// What a hit reads comes first, so that it touches two cache lines.
#[repr(C)]
pub(super) struct Entry {
    pub(super) content: Content,
    due: Moment,
    /// The last generation of the cache in which no mark was found on its scopes.
    good_in: AtomicU64,
    pub(super) heat: Heat,
    stored: Stamp,
    /// The key after the name of its cache; compared on every hit.
    name: KeyName,
    pub(super) id: u64,
    pub(super) scope: Arc<Scope>,
    /// Where the eviction policy has it; only changed under the policy's lock.
    slot: AtomicU32,
    pub(super) weight: u32,
    rare: Option<Box<Rare>>,
}

/// A moment in four bytes, as people want to know it. Those that lie nine years apart are told as one.
#[derive(Clone, Copy)]
struct Stamp(u32);

impl Stamp {
    /// Nanoseconds in a step, as a power of two: 67 milliseconds.
    const SHIFT: u32 = 26;

    fn of(moment: Moment) -> Self {
        let steps = moment.nanos() >> Self::SHIFT;
        Self(u32::try_from(steps & u64::from(u32::MAX)).unwrap_or(0))
    }

    fn until(self, now: Moment) -> Duration {
        let steps = Self::of(now).0.wrapping_sub(self.0);
        Duration::from_nanos(u64::from(steps) << Self::SHIFT)
    }
}

/// What few entries have.
struct Rare {
    tags: Box<[Arc<Scope>]>,
    tti: Option<Duration>,
    /// The last read; only kept up where there is a `tti`.
    touched: AtomicU64,
    late: Option<LateLife>,
}

struct LateLife {
    late: Late,
    /// A load has failed; none is tried before this.
    retry_at: AtomicU64,
    /// The number of that load.
    failed: AtomicU64,
}

impl Rare {
    #[inline]
    fn new(tags: Box<[Arc<Scope>]>, lifetime: &Lifetime) -> Option<Box<Self>> {
        if tags.is_empty() && lifetime.tti.is_none() && lifetime.late.is_none() {
            return None;
        }
        Some(Box::new(Self {
            tags,
            tti: lifetime.tti,
            touched: AtomicU64::new(lifetime.stored.nanos()),
            late: lifetime.late.map(|late| LateLife {
                late,
                retry_at: AtomicU64::new(0),
                failed: AtomicU64::new(0),
            }),
        }))
    }

    fn last_read(&self) -> Moment {
        Moment::from_nanos(self.touched.load(Ordering::Relaxed))
    }

    /// When it is idle, unless it is read.
    fn idles_at(&self) -> Option<Moment> {
        self.tti.map(|tti| self.last_read().after(tti))
    }
}

impl Entry {
    #[inline]
    pub(super) fn new(
        rest: &[u8],
        accepted: Accepted,
        content: Content,
        lifetime: &Lifetime,
        weight: u32,
    ) -> Self {
        let Accepted {
            holds: Holds { scope, tags },
            number: id,
            generation,
        } = accepted;
        Self {
            content,
            due: lifetime.due,
            good_in: AtomicU64::new(generation),
            heat: Heat::new(lifetime.tti.is_some()),
            stored: Stamp::of(lifetime.stored),
            name: KeyName::new(rest),
            id,
            scope,
            slot: AtomicU32::new(NOWHERE),
            weight,
            rare: Rare::new(tags, lifetime),
        }
    }

    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        self.name.as_bytes()
    }

    /// Whether it is that of the key that goes on like this.
    #[inline]
    pub(super) fn is_of(&self, rest: &[u8]) -> bool {
        self.name.is(rest)
    }

    pub(super) fn tags(&self) -> &[Arc<Scope>] {
        self.rare.as_ref().map_or(&[], |rare| &rare.tags)
    }

    #[inline]
    fn late(&self) -> Option<&LateLife> {
        self.rare.as_ref()?.late.as_ref()
    }

    /// Whether a reader may take the answer without a second look: in time, and no invalidation came over it.
    #[inline]
    pub(super) fn is_fresh(&self, glance: Glance) -> bool {
        glance.now < self.due
            && (self.good_in.load(Ordering::Relaxed) == glance.generation || self.is_good(glance))
            && !(self.heat.is_restless() && self.is_idle(glance.now))
    }

    /// Whether nothing has reached its scopes.
    #[inline(never)]
    fn is_good(&self, glance: Glance) -> bool {
        let good = defended!(ReadCheck, self.scope.accepts(self.id), else true)
            && defended!(TagReadCheck, self.tags().iter().all(|tag| tag.accepts(self.id)), else true);
        if good {
            // The generation from before the scopes were asked: what came meanwhile, the next reader finds.
            self.good_in.store(glance.generation, Ordering::Relaxed);
        }
        good
    }

    /// An entry of nobody's that is no answer to anybody, and that only the directory knows of.
    pub(super) fn filler() -> Self {
        let start = Moment::from_nanos(0);
        let lifetime = Lifetime {
            stored: start,
            due: start,
            tti: None,
            late: None,
        };
        let nothing = Accepted {
            holds: Holds {
                scope: Scope::dead(),
                tags: Box::default(),
            },
            number: u64::MAX,
            generation: 0,
        };
        Self::new(FILLER, nothing, Content::absent(), &lifetime, 0)
    }

    pub(super) fn is_filler(&self) -> bool {
        self.is_of(FILLER)
    }

    /// What the answer is good for.
    pub(super) fn stage(&self, glance: Glance) -> Stage {
        if self.is_fresh(glance) {
            return Stage::Fresh;
        }
        let alive = |scope: &Scope| defended!(LateReadCheck, scope.is_alive(), else true);
        let reached = !alive(&self.scope) || !self.tags().iter().all(|tag| alive(tag));
        match self.late() {
            Some(life) if !reached && !self.is_idle(glance.now) => {
                let called_expired = !self.scope.accepts(self.id);
                life.late.stage(glance.now, called_expired)
            }
            _ => Stage::Gone,
        }
    }

    /// Whether it may be good for something past the moment at which it is due.
    pub(super) fn has_late_life(&self) -> bool {
        self.late().is_some()
    }

    fn is_idle(&self, now: Moment) -> bool {
        self.idles_at().is_some_and(|idle| now >= idle)
    }

    fn idles_at(&self) -> Option<Moment> {
        self.rare.as_ref()?.idles_at()
    }

    /// How long ago it was stored, to within a tenth of a second.
    pub(super) fn age(&self, now: Moment) -> Duration {
        self.stored.until(now)
    }

    /// Whether its `ttl` or `tti` is over.
    pub(super) fn is_expired(&self, now: Moment) -> bool {
        now >= self.expires() || self.is_idle(now)
    }

    /// From when on it is good for nothing any more, as far as time goes, unless it is read.
    #[inline]
    pub(super) fn is_over_at(&self) -> Moment {
        let ends = self.late().map_or(self.due, |life| life.late.ends());
        self.idles_at().map_or(ends, |idle| ends.min(idle))
    }

    /// The end of the `ttl`.
    pub(super) fn expires(&self) -> Moment {
        self.late().map_or(self.due, |life| life.late.expires)
    }

    /// Whether a load has failed so recently that none is tried yet. One that began before the entry was called past its time
    /// says nothing of the source as it is now.
    pub(super) fn waits_after_failure(&self, now: Moment) -> bool {
        self.late().is_some_and(|life| {
            now.nanos() < life.retry_at.load(Ordering::Relaxed)
                && self.scope.accepts(life.failed.load(Ordering::Relaxed))
        })
    }

    /// Notes that the load with this number has failed.
    pub(super) fn note_failure(&self, now: Moment, number: u64) {
        if let Some(life) = self.late() {
            life.failed.fetch_max(number, Ordering::Relaxed);
            life.retry_at
                .store(now.after(RETRY_AFTER).nanos(), Ordering::Relaxed);
        }
    }

    /// Notes a read with these dice.
    pub(super) fn note_read(&self, now: Moment, dice: u64) {
        self.heat.add(dice);
        if self.heat.is_restless()
            && let Some(rare) = &self.rare
            && now > rare.last_read()
        {
            rare.touched.store(now.nanos(), Ordering::Relaxed);
        }
    }

    #[inline]
    pub(super) fn slot(&self) -> Number {
        self.slot.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn set_slot(&self, slot: Number) {
        self.slot.store(slot, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[cfg(not(cached_model))]
mod tests {
    use super::*;

    /// Allocators hand out small blocks in steps of 16 bytes, and some take 8 of them for themselves.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn an_entry_and_its_digest_fill_a_block() {
        assert_eq!(size_of::<(u64, Entry)>(), 160 - 8);
    }

    #[test]
    fn an_age_is_told_to_within_a_tenth_of_a_second() {
        const YEAR: Duration = Duration::from_hours(365 * 24);
        for begin in [Duration::ZERO, Duration::from_millis(67), 30 * YEAR] {
            let stored = Moment::from_nanos(0).after(begin);
            for age in [0, 1, 99, 100, 60_000, 86_400_000].map(Duration::from_millis) {
                let told = Stamp::of(stored).until(stored.after(age));
                assert!(told.abs_diff(age) < Duration::from_millis(100), "{told:?}");
            }
        }
    }
}
