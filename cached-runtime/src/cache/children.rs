//! The children of a branch, found by the first segment of their edge.

use std::{hash::BuildHasher, sync::LazyLock};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};
use slab::Slab;

use super::tree::Node;

/// Up to this many children are looked through one by one.
const FEW: usize = 8;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

pub(super) enum Children {
    Few(Vec<usize>),
    Many(HashTable<usize>),
}

impl Default for Children {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Children {
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(slots) => slots.len(),
            Self::Many(slots) => slots.len(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let (few, many) = match self {
            Self::Few(slots) => (Some(slots.iter()), None),
            Self::Many(slots) => (None, Some(slots.iter())),
        };
        few.into_iter()
            .flatten()
            .chain(many.into_iter().flatten())
            .copied()
    }

    pub(super) fn find(&self, name: &str, nodes: &Slab<Node>) -> Option<usize> {
        match self {
            Self::Few(slots) => slots
                .iter()
                .copied()
                .find(|&slot| name_of(slot, nodes) == name),
            Self::Many(slots) => slots
                .find(HASHER.hash_one(name), |&slot| name_of(slot, nodes) == name)
                .copied(),
        }
    }

    pub(super) fn insert(&mut self, child: usize, nodes: &Slab<Node>) {
        let hash = |&slot: &usize| HASHER.hash_one(name_of(slot, nodes));
        match self {
            Self::Few(slots) if slots.len() < FEW => slots.push(child),
            Self::Few(slots) => {
                let mut many = HashTable::with_capacity(2 * FEW);
                for slot in slots.drain(..).chain([child]) {
                    many.insert_unique(hash(&slot), slot, hash);
                }
                *self = Self::Many(many);
            }
            Self::Many(slots) => {
                slots.insert_unique(hash(&child), child, hash);
            }
        }
    }

    /// Removes `child`, which went by `name`; its node may be gone already.
    pub(super) fn remove(&mut self, child: usize, name: &str, nodes: &Slab<Node>) {
        match self {
            Self::Few(slots) => slots.retain(|&slot| slot != child),
            Self::Many(slots) => {
                if let Ok(entry) = slots.find_entry(HASHER.hash_one(name), |&slot| slot == child) {
                    entry.remove();
                }
                if slots.len() < slots.capacity() / 8 {
                    slots.shrink_to(2 * slots.len(), |&slot| {
                        HASHER.hash_one(name_of(slot, nodes))
                    });
                }
            }
        }
    }
}

fn name_of(slot: usize, nodes: &Slab<Node>) -> &str {
    nodes.get(slot).map_or("", Node::name)
}

/// The children of a branch that is no more.
pub(super) enum IntoIter {
    Few(std::vec::IntoIter<usize>),
    Many(hash_table::IntoIter<usize>),
}

impl IntoIterator for Children {
    type Item = usize;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self {
            Self::Few(slots) => IntoIter::Few(slots.into_iter()),
            Self::Many(slots) => IntoIter::Many(slots.into_iter()),
        }
    }
}

impl Iterator for IntoIter {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        match self {
            Self::Few(slots) => slots.next(),
            Self::Many(slots) => slots.next(),
        }
    }
}
