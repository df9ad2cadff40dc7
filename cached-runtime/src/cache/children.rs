//! The children of a branch, found by the first segment of their edge.

use std::{
    array,
    hash::{BuildHasher, Hasher},
    iter::Take,
    sync::LazyLock,
};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};

use super::slots::Slot;

/// Up to this many children are looked through one by one.
const FEW: usize = 4;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// The name of a child, as the children of its parent are told apart by at first.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hash(u32);

impl Hash {
    pub(super) fn of(name: &[u8]) -> Self {
        let mut hasher = HASHER.build_hasher();
        hasher.write(name);
        Self(u32::try_from(hasher.finish() >> 32).unwrap_or(0))
    }

    /// Tables read both ends of it.
    fn spread(self) -> u64 {
        u64::from(self.0) << 32 | u64::from(self.0)
    }
}

#[derive(Clone, Copy, Default)]
pub(super) struct Child {
    pub(super) hash: Hash,
    pub(super) slot: Slot,
}

pub(super) enum Children {
    Few { len: u8, children: [Child; FEW] },
    Many(HashTable<Child>),
}

impl Default for Children {
    fn default() -> Self {
        Self::Few {
            len: 0,
            children: <[Child; FEW]>::default(),
        }
    }
}

impl Children {
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few { len, .. } => usize::from(*len),
            Self::Many(children) => children.len(),
        }
    }

    fn few(&self) -> &[Child] {
        match self {
            Self::Few { len, children } => children.get(..usize::from(*len)).unwrap_or_default(),
            Self::Many(_) => &[],
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        let many = match self {
            Self::Few { .. } => None,
            Self::Many(children) => Some(children.iter()),
        };
        let children = self.few().iter().chain(many.into_iter().flatten());
        children.map(|child| child.slot)
    }

    /// What `meant` says of the first child of which it says anything, among those whose name has this hash; else the hash. An
    /// only child needs none to be told from others.
    #[inline]
    pub(super) fn find<T>(
        &self,
        hash: impl Fn() -> Hash,
        meant: impl Fn(Slot) -> Option<T>,
    ) -> Result<T, Hash> {
        if let Self::Few { len: 1, children } = self {
            let [only, ..] = children;
            return meant(only.slot).ok_or_else(hash);
        }
        let hash = hash();
        let mut found = None;
        let is = |child: &Child| {
            found = (child.hash == hash)
                .then(|| meant(child.slot))
                .flatten();
            found.is_some()
        };
        match self {
            Self::Few { .. } => self.few().iter().any(is),
            Self::Many(children) => children.find(hash.spread(), is).is_some(),
        };
        found.ok_or(hash)
    }

    pub(super) fn insert(&mut self, child: Child) {
        let hash = |child: &Child| child.hash.spread();
        match self {
            Self::Few { len, children } => {
                if let Some(place) = children.get_mut(usize::from(*len)) {
                    *place = child;
                    *len += 1;
                    return;
                }
                let mut many = HashTable::with_capacity(2 * FEW);
                for child in children.iter().copied().chain([child]) {
                    many.insert_unique(hash(&child), child, hash);
                }
                *self = Self::Many(many);
            }
            Self::Many(children) => {
                children.insert_unique(hash(&child), child, hash);
            }
        }
    }

    /// Puts another node of the same name in the place of one.
    pub(super) fn replace(&mut self, child: Child, by: Slot) {
        let is = |other: &Child| other.slot == child.slot;
        let place = match self {
            Self::Few { len, children } => {
                let mut few = children.iter_mut().take(usize::from(*len));
                few.find(|other| is(other))
            }
            Self::Many(children) => children.find_mut(child.hash.spread(), is),
        };
        if let Some(place) = place {
            place.slot = by;
        }
    }

    pub(super) fn remove(&mut self, child: Child) {
        let is = |other: &Child| other.slot == child.slot;
        match self {
            Self::Few { len, children } => {
                if let Some(at) = children.iter().take(usize::from(*len)).position(is) {
                    *len -= 1;
                    children.swap(at, usize::from(*len));
                }
            }
            Self::Many(children) => {
                if let Ok(entry) = children.find_entry(child.hash.spread(), is) {
                    entry.remove();
                }
                if children.len() < children.capacity() / 8 {
                    children.shrink_to(2 * children.len(), |child| child.hash.spread());
                }
            }
        }
    }
}

/// The children of a branch that is no more.
pub(super) enum IntoIter {
    Few(Take<array::IntoIter<Child, FEW>>),
    Many(hash_table::IntoIter<Child>),
}

impl IntoIterator for Children {
    type Item = Slot;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self {
            Self::Few { len, children } => {
                IntoIter::Few(children.into_iter().take(usize::from(len)))
            }
            Self::Many(children) => IntoIter::Many(children.into_iter()),
        }
    }
}

impl Iterator for IntoIter {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        let child = match self {
            Self::Few(children) => children.next(),
            Self::Many(children) => children.next(),
        };
        child.map(|child| child.slot)
    }
}
