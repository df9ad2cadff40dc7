//! Who stays: a structure that knows digests, weights and times, and asks the entries themselves how often they were read.
//!
//! A newcomer goes through a **window**, a queue with a small part of the room. What leaves the window gets into the **main**
//! part if it was asked for more often lately than what would have to go for it, as far as the sketch and the entries' own
//! counts tell (`TinyLFU`, by Einziger, Friedman and Manes). In the main part the oldest goes first, but for those that were
//! read meanwhile: they lose a hit and begin anew (`CLOCK`).

use super::{
    super::heat::HOTTEST,
    sketch::Sketch,
    slots::{NOWHERE, Number, Place, Slot, Slots},
    tick::Tick,
};
use crate::time::Moment;

/// The window's share of the room: one part of so many.
const WINDOW: u64 = 10;

/// Entries of the main part that are given a second chance in the search for one to go.
const CHANCES: usize = 8;

/// Entries that one newcomer can drive out, or move into the main part; what is over the room after that waits for later
/// calls. Only a newcomer that weighs as much as hundreds of others comes to this.
const AT_ONCE: usize = 256;

/// What the policy asks of the entries. An entry that has left the directory is neither hot nor in time.
pub(super) trait Residents {
    /// Takes up to `by` hits off an entry, and returns how many it had.
    fn cool(&self, digest: u64, id: u64, by: u8) -> u8;

    /// When the time of an entry is up, unless it is read.
    fn ends(&self, digest: u64, id: u64) -> Option<Moment>;

    /// Tells an entry that its slot has another number, and returns whether it is there to hear of it.
    fn moved(&self, digest: u64, id: u64, slot: Number) -> bool;
}

/// Why an entry has to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cache) enum Cause {
    Capacity,
    Expired,
}

/// An entry that the policy knows no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cache) struct Victim {
    pub(in crate::cache) digest: u64,
    pub(in crate::cache) id: u64,
    pub(in crate::cache) cause: Cause,
}

/// What the policy is told of an entry.
#[derive(Clone, Copy, Debug)]
pub(in crate::cache) struct Ticket {
    pub(in crate::cache) digest: u64,
    pub(in crate::cache) id: u64,
    pub(in crate::cache) weight: u32,
    /// When its time is up, unless it is read.
    pub(in crate::cache) ends: Moment,
}

pub(super) struct Policy {
    room: u64,
    slots: Slots,
    sketch: Sketch,
    /// The next slot to be asked whether its time is up.
    hand: usize,
    /// Before this nobody's time is up.
    least: Tick,
    /// The same for what the hand has passed since it began its round.
    least_passed: Tick,
}

impl Policy {
    pub(super) const fn new(room: u64) -> Self {
        Self {
            room,
            slots: Slots::new(),
            sketch: Sketch::new(),
            hand: 0,
            least: Tick::LAST,
            least_passed: Tick::LAST,
        }
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Before this nobody's time is up.
    pub(super) const fn least(&self) -> Tick {
        self.least
    }

    /// Lets an entry in, in the place of the one that had the slot `old` and is replaced, and returns its slot. Who has to go
    /// for it, itself perhaps, is added to `victims`.
    ///
    /// What this costs does not depend on the number of entries: at most [`CHANCES`] are looked at for each that goes, and
    /// [`AT_ONCE`] go.
    pub(super) fn admit(
        &mut self,
        ticket: &Ticket,
        old: Option<(Number, u64)>,
        residents: &impl Residents,
        victims: &mut Vec<Victim>,
    ) -> Number {
        let Ticket {
            digest, id, weight, ..
        } = *ticket;
        let until = Tick::of(ticket.ends);
        let old = old.filter(|(slot, id)| self.slots.find(*slot, *id).is_some());
        let number = match old {
            Some((slot, _)) => {
                self.slots.hand_on(slot, id, weight, until);
                Some(slot)
            }
            None => {
                let slot = Slot::new(digest, id, weight, until);
                self.slots.put(slot, Place::Window)
            }
        };
        let Some(number) = number else {
            victims.push(Victim {
                digest,
                id,
                cause: Cause::Capacity,
            });
            return NOWHERE;
        };
        if u64::from(weight) > self.room {
            self.remove(number, Cause::Capacity, victims);
            return NOWHERE;
        }
        self.expect(until);
        self.fit_sketch();
        if old.is_none() {
            self.sketch.add(digest, 1);
        }
        self.make_room(residents, victims);
        number
    }

    /// Forgets the entry that had this slot.
    pub(super) fn forget(&mut self, slot: Number, id: u64) {
        if self.slots.find(slot, id).is_some() {
            self.slots.free(slot);
        }
    }

    /// Lets entries go until the others have room, but not too many, and returns whether more have to.
    pub(super) fn make_room(
        &mut self,
        residents: &impl Residents,
        victims: &mut Vec<Victim>,
    ) -> bool {
        let share = (self.room / WINDOW).max(1);
        let mut candidate = None;
        for _ in 0..AT_ONCE {
            let over = self.slots.weight() > self.room;
            let oldest = || self.slots.oldest(Place::Window);
            if candidate.is_none() && self.slots.weight_of(Place::Window) > share {
                candidate = oldest();
            }
            let newcomer = candidate.or_else(oldest);
            match (over, candidate) {
                (false, None) => return false,
                (false, Some(chosen)) => {
                    self.promote(chosen, residents);
                    candidate = None;
                }
                (true, _) => match (candidate, self.find_victim(residents)) {
                    (Some(chosen), Some(victim)) if !self.prefers(chosen, victim, residents) => {
                        self.reject(chosen, residents, victims);
                        candidate = None;
                    }
                    (_, Some(victim)) => self.remove(victim, Cause::Capacity, victims),
                    (_, None) => {
                        if let Some(newcomer) = newcomer {
                            self.reject(newcomer, residents, victims);
                        }
                        candidate = None;
                    }
                },
            }
        }
        self.slots.weight() > self.room
    }

    /// The oldest of the main part that was not read meanwhile; or simply the oldest, if that takes too long.
    fn find_victim(&mut self, residents: &impl Residents) -> Option<Number> {
        for _ in 0..CHANCES {
            let oldest = self.slots.oldest(Place::Main)?;
            let slot = self.slots.get(oldest);
            if residents.cool(slot.digest, slot.id(), 1) == 0 {
                return Some(oldest);
            }
            self.sketch.add(slot.digest, 1);
            self.slots.to_newest(oldest, Place::Main);
        }
        self.slots.oldest(Place::Main)
    }

    /// Whether an entry of the window is worth more than one of the main part.
    fn prefers(&self, chosen: Number, victim: Number, residents: &impl Residents) -> bool {
        let worth = |number| {
            let slot: &Slot = self.slots.get(number);
            self.sketch.count(slot.digest) + residents.cool(slot.digest, slot.id(), 0)
        };
        worth(chosen) > worth(victim)
    }

    fn promote(&mut self, number: Number, residents: &impl Residents) {
        self.note_hits(number, residents);
        self.slots.to_newest(number, Place::Main);
    }

    fn reject(&mut self, number: Number, residents: &impl Residents, victims: &mut Vec<Victim>) {
        self.note_hits(number, residents);
        self.remove(number, Cause::Capacity, victims);
    }

    /// Takes an entry's hits over into the sketch.
    fn note_hits(&mut self, number: Number, residents: &impl Residents) {
        let slot = self.slots.get(number);
        let hits = residents.cool(slot.digest, slot.id(), HOTTEST);
        self.sketch.add(slot.digest, hits);
    }

    fn remove(&mut self, number: Number, cause: Cause, victims: &mut Vec<Victim>) {
        let slot = self.slots.get(number);
        victims.push(Victim {
            digest: slot.digest,
            id: slot.id(),
            cause,
        });
        self.slots.free(number);
    }

    /// There is nothing to compare before room is short; then the sketch has to be right for as many as will be there.
    fn fit_sketch(&mut self) {
        let (len, weight) = (self.slots.len(), self.slots.weight());
        if self.sketch.entries() == 0 && weight >= self.room / 2 {
            let expected = len as u64 * self.room / weight.max(1);
            self.sketch
                .fit(usize::try_from(expected).unwrap_or(len).max(len));
        } else if self.sketch.entries() > 0 && len > self.sketch.entries() {
            self.sketch.fit(len);
        }
    }

    fn expect(&mut self, until: Tick) {
        self.least = self.least.min(until);
        self.least_passed = self.least_passed.min(until);
    }

    /// Looks at so many slots, and removes those whose time is up. Returns whether anybody's may be who was not looked at.
    pub(super) fn expire(
        &mut self,
        now: Moment,
        steps: usize,
        residents: &impl Residents,
        victims: &mut Vec<Victim>,
    ) -> bool {
        let tick = Tick::of(now);
        for _ in 0..steps {
            if tick < self.least {
                return false;
            }
            if self.hand >= self.slots.total() {
                (self.hand, self.least) = (0, self.least_passed);
                self.least_passed = Tick::LAST;
                continue;
            }
            let Ok(number) = Number::try_from(self.hand) else {
                return false;
            };
            self.hand += 1;
            self.look_at(number, now, residents, victims);
        }
        tick >= self.least
    }

    fn look_at(
        &mut self,
        number: Number,
        now: Moment,
        residents: &impl Residents,
        victims: &mut Vec<Victim>,
    ) {
        let slot = self.slots.get(number);
        if slot.place() == Place::Free {
            return;
        }
        let mut until = slot.until;
        // Of those that are not there somebody else is just about to tell.
        if until <= Tick::of(now)
            && let Some(ends) = residents.ends(slot.digest, slot.id())
        {
            if ends <= now {
                self.remove(number, Cause::Expired, victims);
                return;
            }
            until = Tick::of(ends);
            self.slots.set_until(number, until);
        }
        self.least_passed = self.least_passed.min(until);
    }

    /// Gives back some slots if there are far too many, and returns whether there still are.
    pub(super) fn shrink(&mut self, residents: &impl Residents) -> bool {
        if self.slots.len() == 0 {
            self.sketch = Sketch::new();
        }
        if !self.slots.are_too_many() {
            return false;
        }
        // Slots are about to be moved to where the hand may have passed.
        self.least_passed = self.least_passed.min(self.least);
        for _ in 0..AT_ONCE {
            if !self.slots.are_too_many() {
                self.sketch.fit(self.slots.len());
                return false;
            }
            self.slots
                .pop(|digest, id, number| residents.moved(digest, id, number));
        }
        true
    }
}
