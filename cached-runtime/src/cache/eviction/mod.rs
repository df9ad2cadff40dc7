//! The eviction policy: who stays when room is short, and whose time is up.
//!
//! It knows digests, ids, weights and times, never keys or values, and decides inside of the calls made here. Whom it has
//! given up it returns; they leave the directory after its lock was given back.

mod policy;
mod referee;
mod sketch;
mod slots;
#[cfg(test)]
mod tests;
mod tick;

use papaya::Guard;

use self::policy::{Policy, Residents, Ticket};
pub(super) use self::{
    policy::{Cause, Victim, Victims},
    slots::{NOWHERE, Number},
    tick::Tick,
};
use super::{
    critical::lock,
    directory::{Digest, Directory},
    entry::Entry,
};
use crate::{sync::Mutex, time::Moment};

/// Slots that each storing call looks at for entries whose time is up.
const STEPS: usize = 4;

/// On cache lines of its own: calls that store write here beside what every hit reads.
#[repr(align(128))]
pub(super) struct Eviction {
    policy: Mutex<Policy>,
}

/// What one call has done of what waits to be done.
pub(super) struct Tidied {
    /// Who has to go.
    pub(super) victims: Victims,
    /// Whether the time of entries may be up that were not looked at.
    pub(super) late: bool,
    /// Whether there is more of the rest.
    pub(super) more: bool,
}

pub(super) struct Outlook {
    /// How many slots there are, in use or not.
    pub(super) slots: usize,
    /// Nobody's time is up before.
    pub(super) due: Tick,
}

/// The entries in the directory, as the policy sees them.
struct Lying<'a, G> {
    directory: &'a Directory,
    guard: &'a G,
}

impl<G: Guard> Lying<'_, G> {
    fn find(&self, digest: Digest, id: u64) -> Option<&Entry> {
        let entry = self.directory.find(digest, self.guard)?;
        (entry.id == id).then_some(entry)
    }
}

impl<G: Guard> Residents for Lying<'_, G> {
    fn take_hits(&self, digest: Digest, id: u64) -> u8 {
        self.find(digest, id).map_or(0, |entry| entry.heat.cool())
    }

    fn ends(&self, digest: Digest, id: u64) -> Option<Moment> {
        self.find(digest, id).map(Entry::is_over_at)
    }

    fn moved(&self, digest: Digest, id: u64, slot: Number) -> bool {
        let entry = self.find(digest, id);
        entry.inspect(|entry| entry.set_slot(slot)).is_some()
    }
}

impl Eviction {
    pub(super) fn new(room: u64) -> Self {
        Self {
            policy: Mutex::new(Policy::new(room)),
        }
    }

    /// Lets in the entry that was put into the directory under this digest, in the place of `old`, and looks at a few others
    /// for their time. Returns who has to go, the newcomer itself perhaps. The stripe of `digest` must be locked.
    #[inline]
    pub(super) fn admit(
        &self,
        directory: &Directory,
        (digest, entry): (Digest, &Entry),
        old: Option<&Entry>,
        now: Moment,
        guard: &impl Guard,
    ) -> Victims {
        let mut victims = Victims::default();
        if let Some(old) = old {
            entry.heat.inherit(&old.heat);
        }
        let ticket = Ticket {
            digest,
            id: entry.id,
            weight: entry.weight,
            ends: entry.is_over_at(),
        };
        let lying = Lying { directory, guard };
        let mut policy = lock(&self.policy);
        // Asked under the lock, under which it changes.
        let old = old.map(|old| (old.slot(), old.id));
        entry.set_slot(policy.admit(&ticket, old, &lying, &mut victims));
        policy.expire(now, STEPS, &lying, &mut victims);
        victims
    }

    /// Forgets an entry that has left the directory.
    pub(super) fn forget(&self, entry: &Entry) {
        let mut policy = lock(&self.policy);
        policy.forget(entry.slot(), entry.id);
    }

    /// Looks at so many slots for entries whose time is up, and does some of what else waits: entries for which there is no
    /// room, slots that nobody needs.
    pub(super) fn tidy(&self, directory: &Directory, now: Moment, steps: usize) -> Tidied {
        let mut victims = Victims::default();
        let guard = directory.guard();
        let lying = Lying {
            directory,
            guard: &guard,
        };
        let mut policy = lock(&self.policy);
        let late = policy.expire(now, steps, &lying, &mut victims);
        let heavy = policy.make_room(&lying, &mut victims);
        let wide = policy.shrink(&lying);
        Tidied {
            victims,
            late,
            more: heavy || wide,
        }
    }

    /// The most entries there were since this was called before, or a few more.
    pub(super) fn take_most(&self) -> usize {
        lock(&self.policy).take_most()
    }

    /// What is to be expected; `None` if there is no entry.
    pub(super) fn outlook(&self) -> Option<Outlook> {
        let policy = lock(&self.policy);
        (policy.slots().len() > 0).then(|| Outlook {
            slots: policy.slots().total(),
            due: policy.least(),
        })
    }

    /// Of which entries it knows.
    #[cfg(all(test, cached_model))]
    pub(super) fn known(&self) -> Vec<(Digest, u64)> {
        let policy = lock(&self.policy);
        let mut known: Vec<_> = policy
            .slots()
            .iter()
            .map(|slot| (slot.digest, slot.id()))
            .collect();
        known.sort_unstable();
        known
    }
}
