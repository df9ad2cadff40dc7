//! Who stays: a structure that knows digests, weights and times, and asks the entries themselves how often they were read.
//!
//! A newcomer goes through the **window**, a queue with a small part of the room. What leaves it gets into the **main** part
//! if it was asked for more often lately than the one that would have to go for it, as far as the sketch and the entries' own
//! counts tell (`TinyLFU`, by Einziger, Friedman and Manes). Where it was not, a referee decides, who learns from those that
//! are asked for again. In the main part the oldest is the one to go, but for those that were read meanwhile: they begin anew
//! (`CLOCK`).

use super::{
    referee::{Referee, Side},
    sketch::Sketch,
    slots::{NOWHERE, Number, Place, Slot, Slots},
    tick::Tick,
};
use crate::time::Moment;

/// The window's share of the room: one part of so many, while newcomers are worth keeping, and while they are not.
const WIDE: u64 = 5;
const NARROW: u64 = 50;

/// With less room than this there is no window.
const ROOM_FOR_WINDOW: u64 = 4;

/// Entries of the main part that are looked at in the search for one to go.
const CHANCES: usize = 4;

/// Entries that one call moves from the window into the main part, where there is room.
const MOVES: usize = 3;

/// Entries that one newcomer can drive out; what is over the room after that waits for later
/// calls. Only a newcomer that weighs as much as hundreds of others comes to this.
const AT_ONCE: usize = 256;

/// What the policy asks of the entries. An entry that has left the directory is neither hot nor in time.
pub(super) trait Residents {
    /// How often an entry was read since it was last asked, at most a few times.
    fn take_hits(&self, digest: u64, id: u64) -> u8;

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

/// Those who have to go. Most often that is one.
#[derive(Default)]
pub(in crate::cache) struct Victims {
    first: Option<Victim>,
    others: Vec<Victim>,
}

impl Victims {
    fn push(&mut self, victim: Victim) {
        if self.first.is_none() {
            self.first = Some(victim);
        } else {
            self.others.push(victim);
        }
    }

    pub(in crate::cache) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(in crate::cache) fn iter(&self) -> impl Iterator<Item = &Victim> {
        self.first.iter().chain(&self.others)
    }
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
    referee: Referee,
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
            referee: Referee::new(),
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
    #[inline]
    pub(super) fn admit(
        &mut self,
        ticket: &Ticket,
        old: Option<(Number, u64)>,
        residents: &impl Residents,
        victims: &mut Victims,
    ) -> Number {
        let Ticket {
            digest, id, weight, ..
        } = *ticket;
        let until = Tick::of(ticket.ends);
        let old = old.filter(|(slot, id)| self.slots.find(*slot, *id).is_some());
        let number = if let Some((slot, _)) = old {
            self.slots.hand_on(slot, id, weight, until);
            Some(slot)
        } else {
            let slot = Slot::new(digest, id, weight, until);
            self.slots.put(slot, Place::Window)
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
            let recent = self.slots.len_of(Place::Main);
            self.referee.asked_for(digest, recent);
        }
        // What is heavier than the window is weighed against others at once; those in the window would go for it unweighed.
        let is_candidate =
            u64::from(weight) > self.share() && self.slots.get(number).place() == Place::Window;
        self.make_room_for(is_candidate.then_some(number), residents, victims);
        number
    }

    /// The window's share of the room.
    #[inline]
    fn share(&self) -> u64 {
        match self.room {
            ..ROOM_FOR_WINDOW => 0,
            room if self.referee.likes_newcomers() => (room / WIDE).max(1),
            room => (room / NARROW).max(1),
        }
    }

    /// Forgets the entry that had this slot.
    pub(super) fn forget(&mut self, slot: Number, id: u64) {
        if self.slots.find(slot, id).is_some() {
            self.slots.free(slot);
        }
    }

    /// Lets entries go until the others have room, but not too many, and returns whether more have to.
    pub(super) fn make_room(&mut self, residents: &impl Residents, victims: &mut Victims) -> bool {
        self.make_room_for(None, residents, victims)
    }

    fn make_room_for(
        &mut self,
        mut candidate: Option<Number>,
        residents: &impl Residents,
        victims: &mut Victims,
    ) -> bool {
        let share = self.share();
        let mut moves = 0;
        for _ in 0..AT_ONCE {
            if candidate.is_none() && self.slots.weight_of(Place::Window) > share {
                candidate = self.slots.oldest(Place::Window);
                // Without a sketch there is nothing to note them in, and the entry keeps them.
                if let Some(newcomer) = candidate
                    && self.sketch.entries() > 0
                {
                    self.take_hits(newcomer, residents);
                }
            }
            let over = self.slots.weight() > self.room;
            match candidate {
                None if !over => return false,
                Some(newcomer) if !over => {
                    self.slots.renew(newcomer, Place::Main);
                    candidate = None;
                    moves += 1;
                    if moves == MOVES {
                        return false;
                    }
                }
                _ => self.let_one_go(&mut candidate, residents, victims),
            }
        }
        if let Some(newcomer) = candidate {
            self.slots.renew(newcomer, Place::Main);
        }
        self.slots.weight() > self.room
    }

    /// Lets somebody go: the candidate for the main part, or one that is there, or without either the oldest of the window.
    fn let_one_go(
        &mut self,
        candidate: &mut Option<Number>,
        residents: &impl Residents,
        victims: &mut Victims,
    ) {
        let goes = match (*candidate, self.find_victim(residents)) {
            (Some(newcomer), Some(old)) => match self.compare(newcomer, old) {
                Side::Newcomer => old,
                Side::Old => {
                    self.slots.renew(old, Place::Main);
                    newcomer
                }
            },
            (None, Some(old)) => old,
            (Some(newcomer), None) => newcomer,
            (None, None) => match self.slots.oldest(Place::Window) {
                Some(newcomer) => newcomer,
                None => return,
            },
        };
        candidate.take_if(|candidate| *candidate == goes);
        self.remove(goes, Cause::Capacity, victims);
    }

    /// The oldest of the main part that was not read meanwhile; of several that all were, the least popular.
    fn find_victim(&mut self, residents: &impl Residents) -> Option<Number> {
        let mut least: Option<(u8, Number)> = None;
        for _ in 0..CHANCES {
            let oldest = self.slots.oldest(Place::Main)?;
            let hits = self.take_hits(oldest, residents);
            let won_as = self.slots.take_mark(oldest);
            if hits == 0 {
                return Some(oldest);
            }
            if let Some(side) = won_as {
                self.referee.point(side);
            }
            let popularity = self.popularity(oldest);
            if least.is_none_or(|(least, _)| popularity < least) {
                least = Some((popularity, oldest));
            }
            self.slots.renew(oldest, Place::Main);
        }
        least.map(|(_, oldest)| oldest)
    }

    /// Which of the two is worth more.
    fn compare(&mut self, newcomer: Number, old: Number) -> Side {
        if self.popularity(newcomer) > self.popularity(old) {
            return Side::Newcomer;
        }
        let digest = |number| self.slots.get(number).digest;
        let decision = self.referee.decide(digest(newcomer), digest(old));
        if decision.is_marked {
            let winner = match decision.winner {
                Side::Newcomer => newcomer,
                Side::Old => old,
            };
            self.slots.mark(winner, decision.winner);
        }
        decision.winner
    }

    fn popularity(&self, number: Number) -> u8 {
        self.sketch.count(self.slots.get(number).digest)
    }

    /// Takes an entry's hits over into the sketch.
    fn take_hits(&mut self, number: Number, residents: &impl Residents) -> u8 {
        let slot = self.slots.get(number);
        let hits = residents.take_hits(slot.digest, slot.id());
        if hits > 0 {
            self.sketch.add(slot.digest, hits);
        }
        hits
    }

    fn remove(&mut self, number: Number, cause: Cause, victims: &mut Victims) {
        let slot = self.slots.get(number);
        victims.push(Victim {
            digest: slot.digest,
            id: slot.id(),
            cause,
        });
        self.slots.free(number);
    }

    /// There is nothing to compare before room is short; then there has to be a sketch that is right for as many as there
    /// will be.
    #[inline]
    fn fit_sketch(&mut self) {
        let (len, weight) = (self.slots.len(), self.slots.weight());
        if self.sketch.entries() == 0 && weight >= self.room / 2 {
            let expected = len as u128 * u128::from(self.room) / u128::from(weight.max(1));
            self.fit(usize::try_from(expected).unwrap_or(len).max(len));
        } else if self.sketch.entries() > 0 && len > self.sketch.entries() {
            self.fit(len);
        }
    }

    fn fit(&mut self, entries: usize) {
        self.sketch.fit(entries);
        self.referee.fit(entries);
    }

    #[inline]
    fn expect(&mut self, until: Tick) {
        self.least = self.least.min(until);
        self.least_passed = self.least_passed.min(until);
    }

    /// Looks at so many slots, and removes those whose time is up. Returns whether anybody's may be who was not looked at.
    #[inline]
    pub(super) fn expire(
        &mut self,
        now: Moment,
        steps: usize,
        residents: &impl Residents,
        victims: &mut Victims,
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
        victims: &mut Victims,
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

    /// The most entries there were since this was called before, or a few more.
    pub(super) const fn take_most(&mut self) -> usize {
        self.slots.take_most()
    }

    /// Gives back some slots if there are far too many, and returns whether there still are.
    pub(super) fn shrink(&mut self, residents: &impl Residents) -> bool {
        if self.slots.len() == 0 {
            (self.sketch, self.referee) = (Sketch::new(), Referee::new());
        }
        if !self.slots.are_too_many() {
            return false;
        }
        // Slots are about to be moved to where the hand may have passed.
        self.least_passed = self.least_passed.min(self.least);
        for _ in 0..AT_ONCE {
            if !self.slots.are_too_many() {
                self.fit(self.slots.len());
                return false;
            }
            self.slots
                .pop(|digest, id, number| residents.moved(digest, id, number));
        }
        true
    }
}
