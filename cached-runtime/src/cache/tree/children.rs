//! The children of a branch, found by the first segment of their edge.

use std::{
    array,
    hash::{BuildHasher, Hasher},
    iter::Flatten,
    sync::LazyLock,
};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};
use triomphe::Arc;

use super::slots::Slot;
use crate::cache::scope::Scope;

/// Up to this many children are looked through one by one.
const FEW: usize = 4;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// The name of a child, as the children of its parent are told apart by at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hash(u32);

impl Hash {
    #[inline]
    pub(super) fn of(name: &[u8]) -> Self {
        let mut hasher = HASHER.build_hasher();
        hasher.write(name);
        Self(u32::try_from(hasher.finish() >> 32).unwrap_or(0))
    }

    pub(super) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(super) const fn to_bits(self) -> u32 {
        self.0
    }

    /// Tables read both ends of it.
    #[inline]
    fn spread(self) -> u64 {
        u64::from(self.0) << 32 | u64::from(self.0)
    }
}

/// What hangs below a branch, with the hash of its name.
#[derive(Clone)]
pub(super) enum Child {
    /// One key.
    Leaf(Hash, Arc<Scope>),
    /// A place where keys part, or where one ends and others go on.
    Branch(Hash, Slot),
}

impl Child {
    pub(super) const fn id(&self) -> Id<'_> {
        match self {
            Self::Leaf(_, scope) => Id::Leaf(scope),
            Self::Branch(_, slot) => Id::Branch(*slot),
        }
    }

    pub(super) const fn hash(&self) -> Hash {
        let (Self::Leaf(hash, _) | Self::Branch(hash, _)) = self;
        *hash
    }

    /// Whether it is the one meant.
    #[inline]
    fn is(&self, meant: Id<'_>) -> bool {
        match (self, meant) {
            (Self::Leaf(_, scope), Id::Leaf(meant)) => Arc::ptr_eq(scope, meant),
            (Self::Branch(_, slot), Id::Branch(meant)) => *slot == meant,
            _ => false,
        }
    }
}

/// By what a child is told from all others.
#[derive(Clone, Copy)]
pub(super) enum Id<'a> {
    Leaf(&'a Arc<Scope>),
    Branch(Slot),
}

type Few = [Option<Child>; FEW];

pub(super) enum Children {
    /// The first places are taken.
    Few(Few),
    Many(HashTable<Child>),
}

impl Default for Children {
    fn default() -> Self {
        Self::Few(Few::default())
    }
}

impl Children {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few([first, ..]) => first.is_none(),
            Self::Many(children) => children.is_empty(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(children) => children.iter().flatten().count(),
            Self::Many(children) => children.len(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Child> {
        let (few, many) = match self {
            Self::Few(children) => (Some(children), None),
            Self::Many(children) => (None, Some(children.iter())),
        };
        let few = few.into_iter().flatten().flatten();
        few.chain(many.into_iter().flatten())
    }

    /// The child of which `is` holds, among those whose name has this hash; else the hash. An only child needs none to be told
    /// from others.
    #[inline(always)]
    pub(super) fn find(
        &self,
        hash: impl Fn() -> Hash,
        mut is: impl FnMut(&Child) -> bool,
    ) -> Result<&Child, Hash> {
        if let Self::Few([Some(only), None, ..]) = self {
            return if is(only) { Ok(only) } else { Err(hash()) };
        }
        let hash = hash();
        match self.first_of(hash) {
            None => Err(hash),
            Some(child) if is(child) => Ok(child),
            Some(_) => self.find_among_all(hash, &mut is),
        }
    }

    /// One of those whose name has this hash, of which there is hardly ever another one.
    #[inline]
    fn first_of(&self, hash: Hash) -> Option<&Child> {
        let has = |child: &&Child| child.hash() == hash;
        match self {
            Self::Few(children) => children.iter().flatten().find(has),
            Self::Many(children) => children.find(hash.spread(), |child| has(&child)),
        }
    }

    #[cold]
    fn find_among_all(
        &self,
        hash: Hash,
        is: &mut dyn FnMut(&Child) -> bool,
    ) -> Result<&Child, Hash> {
        let mut all = self.iter().filter(|child| child.hash() == hash);
        all.find(|child| is(child)).ok_or(hash)
    }

    #[inline]
    pub(super) fn insert(&mut self, child: Child) {
        let hash = |child: &Child| child.hash().spread();
        match self {
            Self::Few(children) => {
                if let Some(place) = children.iter_mut().find(|place| place.is_none()) {
                    *place = Some(child);
                    return;
                }
                let mut many = HashTable::with_capacity(2 * FEW);
                let all = children.iter_mut().filter_map(Option::take).chain([child]);
                for child in all {
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
    pub(super) fn replace(&mut self, hash: Hash, id: Id<'_>, by: Child) {
        let place = match self {
            Self::Few(children) => children.iter_mut().flatten().find(|child| child.is(id)),
            Self::Many(children) => children.find_mut(hash.spread(), |child| child.is(id)),
        };
        if let Some(place) = place {
            *place = by;
        }
    }

    #[inline]
    pub(super) fn remove(&mut self, hash: Hash, id: Id<'_>) {
        match self {
            Self::Few(children) => {
                let is = |place: &Option<Child>| place.as_ref().is_some_and(|child| child.is(id));
                if let Some((place, rest)) = children
                    .iter()
                    .position(is)
                    .and_then(|at| children.get_mut(at..)?.split_first_mut())
                {
                    // The last one comes in its place.
                    let last = rest.iter_mut().rfind(|place| place.is_some());
                    *place = last.and_then(Option::take);
                }
            }
            Self::Many(children) => {
                if let Ok(entry) = children.find_entry(hash.spread(), |child| child.is(id)) {
                    entry.remove();
                }
                if children.len() < children.capacity() / 8 {
                    children.shrink_to(2 * children.len(), |child| child.hash().spread());
                }
            }
        }
    }
}

/// The children of a branch that is no more.
pub(super) enum IntoIter {
    Few(Flatten<array::IntoIter<Option<Child>, FEW>>),
    Many(hash_table::IntoIter<Child>),
}

impl IntoIterator for Children {
    type Item = Child;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self {
            Self::Few(children) => IntoIter::Few(children.into_iter().flatten()),
            Self::Many(children) => IntoIter::Many(children.into_iter()),
        }
    }
}

impl Iterator for IntoIter {
    type Item = Child;

    fn next(&mut self) -> Option<Child> {
        match self {
            Self::Few(children) => children.next(),
            Self::Many(children) => children.next(),
        }
    }
}
