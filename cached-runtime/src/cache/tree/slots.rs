//! Numbered places, in pieces: nothing moves when more are needed, so that no call pays for all that are there.

#![expect(
    clippy::indexing_slicing,
    reason = "a slot is the number of a place that is there"
)]

use std::{
    array, mem,
    ops::{Index, IndexMut},
};

/// How many places come at a time.
const PIECE: usize = 32;

pub(in crate::cache) type Slot = u32;

pub(super) struct Slots<T> {
    pieces: Vec<Box<[Place<T>; PIECE]>>,
    /// From here on none was ever taken.
    end: usize,
    /// The first of those that were given back.
    free: Option<Slot>,
    taken: usize,
}

enum Place<T> {
    Taken(T),
    /// Given back, with the next one of its kind.
    Free(Option<Slot>),
}

impl<T> Slots<T> {
    pub(super) const fn new() -> Self {
        Self {
            pieces: Vec::new(),
            end: 0,
            free: None,
            taken: 0,
        }
    }

    /// How many are taken.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// How many there is room for.
    pub(super) const fn room(&self) -> usize {
        self.pieces.len() * PIECE
    }

    /// The slot that the next one gets.
    ///
    /// # Panics
    ///
    /// If 2³² are taken, which would be hundreds of gigabytes.
    pub(super) fn vacant(&self) -> Slot {
        self.free
            .unwrap_or_else(|| Slot::try_from(self.end).unwrap_or_else(|_| panic!("too many keys")))
    }

    pub(super) fn insert(&mut self, value: T) -> Slot {
        let slot = self.vacant();
        if self.free.is_none() {
            if self.end == self.room() {
                self.pieces
                    .push(Box::new(array::from_fn(|_| Place::Free(None))));
            }
            self.end += 1;
        }
        if let Place::Free(next) = mem::replace(self.place(slot), Place::Taken(value)) {
            self.free = next;
        }
        self.taken += 1;
        slot
    }

    /// Gives a place back that is taken.
    pub(super) fn remove(&mut self, slot: Slot) -> T {
        let free = Place::Free(self.free);
        let Place::Taken(value) = mem::replace(self.place(slot), free) else {
            vacant()
        };
        self.free = Some(slot);
        self.taken -= 1;
        value
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let places = self.pieces.iter().flat_map(|piece| piece.iter());
        places.filter_map(|place| match place {
            Place::Taken(value) => Some(value),
            Place::Free(_) => None,
        })
    }

    fn place(&mut self, slot: Slot) -> &mut Place<T> {
        let (piece, at) = split(slot);
        &mut self.pieces[piece][at]
    }
}

impl<T> Index<Slot> for Slots<T> {
    type Output = T;

    fn index(&self, slot: Slot) -> &T {
        let (piece, at) = split(slot);
        match &self.pieces[piece][at] {
            Place::Taken(value) => value,
            Place::Free(_) => vacant(),
        }
    }
}

impl<T> IndexMut<Slot> for Slots<T> {
    fn index_mut(&mut self, slot: Slot) -> &mut T {
        match self.place(slot) {
            Place::Taken(value) => value,
            Place::Free(_) => vacant(),
        }
    }
}

fn split(slot: Slot) -> (usize, usize) {
    let slot = slot as usize;
    (slot / PIECE, slot % PIECE)
}

#[cold]
fn vacant() -> ! {
    panic!("nothing has this slot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_again_before_there_are_more() {
        let mut slots = Slots::new();
        let taken: Vec<Slot> = (0..100).map(|n| slots.insert(n)).collect();
        assert_eq!((slots.len(), slots.room()), (100, 128));
        for &slot in &taken[10..60] {
            assert_eq!(slots.remove(slot), slot);
        }
        for n in 1_000..1_050 {
            let slot = slots.vacant();
            assert_eq!(slots.insert(0), slot);
            slots[slot] = n;
        }
        assert_eq!((slots.len(), slots.room()), (100, 128));
        assert!(
            (0..10)
                .chain(60..100)
                .all(|n| slots[taken[n as usize]] == n)
        );
    }
}
