//! What the policy keeps of each entry: slots in chunks, strung on queues by their numbers.
//!
//! Chunks are allocated as they are needed and given back from the end, so that neither growing nor shrinking copies what is
//! there. The number of a slot lies in its entry too; a slot that changes its place says so.

#![expect(
    clippy::indexing_slicing,
    reason = "every number on a queue has its slot, and every place its queue"
)]

use std::mem;

use super::{referee::Side, tick::Tick};

/// The number of a slot.
pub(in crate::cache) type Number = u32;

/// No slot.
pub(in crate::cache) const NOWHERE: Number = Number::MAX;

/// Slots in a chunk; a power of two.
const CHUNK: usize = 1_024;

/// The queue that a slot is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Free,
    Window,
    Main,
}

/// Below the id: two bits for the place, two for the mark.
const NOTES: u32 = 4;
const PLACE: u64 = 0b11;
const MARK: u64 = 0b1100;
const OLD: u64 = 0b0100;
const NEWCOMER: u64 = 0b1000;

#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) digest: u64,
    /// The entry's id; in the lowest bits the place and the mark.
    id_and_notes: u64,
    pub(super) weight: u32,
    /// When the entry is to be looked at, since its time may be up.
    pub(super) until: Tick,
    older: Number,
    newer: Number,
}

impl Slot {
    #[inline]
    pub(super) fn new(digest: u64, id: u64, weight: u32, until: Tick) -> Self {
        Self {
            digest,
            id_and_notes: id << NOTES,
            weight,
            until,
            older: NOWHERE,
            newer: NOWHERE,
        }
    }

    pub(super) const fn id(&self) -> u64 {
        self.id_and_notes >> NOTES
    }

    pub(super) const fn place(&self) -> Place {
        match self.id_and_notes & PLACE {
            1 => Place::Window,
            2 => Place::Main,
            _ => Place::Free,
        }
    }

    const fn set_place(&mut self, place: Place) {
        self.id_and_notes = self.id_and_notes & !PLACE | place as u64;
    }

    /// Is another entry's from now on, and stays where it is.
    const fn set_id(&mut self, id: u64) {
        self.id_and_notes = id << NOTES | self.id_and_notes & (PLACE | MARK);
    }

    /// The side on which it won, if that was to be remembered.
    const fn mark(&self) -> Option<Side> {
        match self.id_and_notes & MARK {
            OLD => Some(Side::Old),
            NEWCOMER => Some(Side::Newcomer),
            _ => None,
        }
    }

    const fn set_mark(&mut self, mark: Option<Side>) {
        let mark = match mark {
            None => 0,
            Some(Side::Old) => OLD,
            Some(Side::Newcomer) => NEWCOMER,
        };
        self.id_and_notes = self.id_and_notes & !MARK | mark;
    }
}

/// A row of slots, the one that came first in front.
struct Queue {
    oldest: Number,
    newest: Number,
    len: usize,
    weight: u64,
}

impl Queue {
    const EMPTY: Self = Self {
        oldest: NOWHERE,
        newest: NOWHERE,
        len: 0,
        weight: 0,
    };
}

pub(super) struct Slots {
    chunks: Vec<Vec<Slot>>,
    total: usize,
    /// The most slots there were since somebody asked.
    most: usize,
    queues: [Queue; 3],
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            total: 0,
            most: 0,
            queues: [Queue::EMPTY; 3],
        }
    }

    /// All slots there are, also those that are free.
    pub(super) const fn total(&self) -> usize {
        self.total
    }

    /// The most there were since this was called before.
    pub(super) const fn take_most(&mut self) -> usize {
        mem::replace(&mut self.most, self.total)
    }

    /// The slots that are in use.
    pub(super) fn len(&self) -> usize {
        self.total - self.queues[Place::Free as usize].len
    }

    pub(super) fn weight(&self) -> u64 {
        self.weight_of(Place::Window) + self.weight_of(Place::Main)
    }

    pub(super) fn len_of(&self, place: Place) -> usize {
        self.queues[place as usize].len
    }

    pub(super) fn weight_of(&self, place: Place) -> u64 {
        self.queues[place as usize].weight
    }

    pub(super) fn oldest(&self, place: Place) -> Option<Number> {
        let oldest = self.queues[place as usize].oldest;
        (oldest != NOWHERE).then_some(oldest)
    }

    pub(super) fn get(&self, number: Number) -> &Slot {
        let (chunk, at) = split(number);
        &self.chunks[chunk][at]
    }

    /// The slots that are in use.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        let slots = self.chunks.iter().flatten();
        slots.filter(|slot| slot.place() != Place::Free)
    }

    fn slot(&mut self, number: Number) -> &mut Slot {
        let (chunk, at) = split(number);
        &mut self.chunks[chunk][at]
    }

    /// The slot of an entry, if it is still the entry's.
    pub(super) fn find(&self, number: Number, id: u64) -> Option<&Slot> {
        let (chunk, at) = split(number);
        let slot = self.chunks.get(chunk)?.get(at)?;
        (slot.place() != Place::Free && slot.id() == id).then_some(slot)
    }

    /// Gives an entry a slot, as the newest of a queue. `None` if there are as many as there are numbers.
    #[inline]
    pub(super) fn put(&mut self, slot: Slot, place: Place) -> Option<Number> {
        let number = if let Some(free) = self.oldest(Place::Free) {
            self.unlink(free);
            *self.slot(free) = slot;
            free
        } else {
            self.push(slot)?
        };
        self.link(number, place);
        Some(number)
    }

    fn push(&mut self, slot: Slot) -> Option<Number> {
        let number = Number::try_from(self.total).ok();
        let number = number.filter(|number| *number != NOWHERE)?;
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(slot),
            // The first one grows with the cache: many caches are small.
            None => self.chunks.push(vec![slot]),
            Some(_) => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(slot);
                self.chunks.push(chunk);
            }
        }
        self.total += 1;
        self.most = self.most.max(self.total);
        Some(number)
    }

    /// Hands a slot on to the entry that has replaced its own.
    pub(super) fn hand_on(&mut self, number: Number, id: u64, weight: u32, until: Tick) {
        let slot = self.slot(number);
        let before = u64::from(slot.weight);
        (slot.weight, slot.until) = (weight, until);
        slot.set_id(id);
        let queue = slot.place() as usize;
        let queue = &mut self.queues[queue];
        queue.weight = queue.weight - before + u64::from(weight);
    }

    pub(super) fn mark(&mut self, number: Number, side: Side) {
        self.slot(number).set_mark(Some(side));
    }

    /// Takes the mark off a slot.
    pub(super) fn take_mark(&mut self, number: Number) -> Option<Side> {
        let slot = self.slot(number);
        let mark = slot.mark();
        slot.set_mark(None);
        mark
    }

    pub(super) fn set_until(&mut self, number: Number, until: Tick) {
        self.slot(number).until = until;
    }

    pub(super) fn free(&mut self, number: Number) {
        self.renew(number, Place::Free);
        if self.len() == 0 {
            self.reset();
        }
    }

    /// Gives everything back.
    fn reset(&mut self) {
        *self = Self {
            most: self.most,
            ..Self::new()
        };
    }

    /// Makes a slot the newest of a queue.
    pub(super) fn renew(&mut self, number: Number, place: Place) {
        self.unlink(number);
        self.link(number, place);
    }

    #[inline]
    fn link(&mut self, number: Number, place: Place) {
        let newest = self.queues[place as usize].newest;
        let slot = self.slot(number);
        slot.set_place(place);
        (slot.older, slot.newer) = (newest, NOWHERE);
        let weight = u64::from(slot.weight);
        if newest == NOWHERE {
            self.queues[place as usize].oldest = number;
        } else {
            self.slot(newest).newer = number;
        }
        let queue = &mut self.queues[place as usize];
        queue.newest = number;
        queue.len += 1;
        queue.weight += weight;
    }

    fn unlink(&mut self, number: Number) {
        let slot = self.get(number);
        let (older, newer, place) = (slot.older, slot.newer, slot.place());
        let weight = u64::from(slot.weight);
        self.set_newer(older, newer, place);
        self.set_older(newer, older, place);
        let queue = &mut self.queues[place as usize];
        queue.len -= 1;
        queue.weight -= weight;
    }

    fn set_newer(&mut self, of: Number, newer: Number, place: Place) {
        if of == NOWHERE {
            self.queues[place as usize].oldest = newer;
        } else {
            self.slot(of).newer = newer;
        }
    }

    fn set_older(&mut self, of: Number, older: Number, place: Place) {
        if of == NOWHERE {
            self.queues[place as usize].newest = older;
        } else {
            self.slot(of).older = older;
        }
    }

    /// Whether far more slots are there than are in use.
    pub(super) fn are_too_many(&self) -> bool {
        self.total > 2 * self.len() + CHUNK
    }

    /// Takes the last slot away. What is in it goes into a free one, if `moved` can let its entry know.
    pub(super) fn pop(&mut self, moved: impl FnOnce(u64, u64, Number) -> bool) {
        let Some(last) = self
            .total
            .checked_sub(1)
            .and_then(|last| Number::try_from(last).ok())
        else {
            return;
        };
        let slot = self.get(last).clone();
        let (older, newer, place) = (slot.older, slot.newer, slot.place());
        if place == Place::Free {
            self.unlink(last);
        } else {
            let Some(to) = self.oldest(Place::Free) else {
                return;
            };
            if moved(slot.digest, slot.id(), to) {
                self.unlink(to);
                *self.slot(to) = slot;
                self.set_newer(older, to, place);
                self.set_older(newer, to, place);
            } else {
                // The entry has left the directory; whoever took it out will find that there is no slot any more.
                self.unlink(last);
            }
        }
        self.total -= 1;
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.pop();
            if chunk.is_empty() {
                self.chunks.pop();
            }
        }
        if self.len() == 0 {
            self.reset();
        }
    }
}

const fn split(number: Number) -> (usize, usize) {
    (number as usize / CHUNK, number as usize % CHUNK)
}
