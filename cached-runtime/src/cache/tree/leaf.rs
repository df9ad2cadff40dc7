//! The end of a key's path: what the tree knows of one key. It lies in the key's scope, so that a key takes one allocation.
//!
//! Changed under the tree's lock only. Words are atomic because others hold the scope meanwhile; what orders them is the lock.

// Nobody but the one who has the lock looks at them, so a model has nothing to find here.
use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    Edge,
    children::Hash,
    edge::{after, first_segment},
    slots::Slot,
};

#[derive(Debug)]
pub(in crate::cache) struct Leaf {
    pub(in crate::cache) digest: u64,
    /// From where it was put in to its end.
    path: Edge,
    /// How much of the path lies above the branch that was put in last.
    above: AtomicU32,
    /// The branch it hangs on.
    parent: AtomicU32,
    /// Of the segment by which that knows it.
    hash: AtomicU32,
    holders: AtomicU32,
}

impl Leaf {
    /// One with one holder. `hash` is that of the first segment of `edge`.
    #[inline]
    pub(super) fn new(parent: Slot, edge: &[u8], hash: Hash, digest: u64) -> Self {
        Self {
            digest,
            path: Edge::new(edge),
            above: AtomicU32::new(0),
            parent: AtomicU32::new(parent),
            hash: AtomicU32::new(hash.to_bits()),
            holders: AtomicU32::new(1),
        }
    }

    /// The segments from the parent to here. Empty for the key that ends where its parent stands.
    #[inline]
    pub(super) fn edge(&self) -> &[u8] {
        let above = self.above.load(Ordering::Relaxed) as usize;
        self.path.as_bytes().get(above..).unwrap_or_default()
    }

    /// Hangs from now on on `parent`, which was put into its edge, `at` bytes down. Returns the hash by which that knows it.
    pub(super) fn hang_on(&self, parent: Slot, at: usize) -> Hash {
        let rest = after(self.edge(), at);
        let above = self.path.as_bytes().len() - rest.len();
        let hash = Hash::of(first_segment(rest));
        self.hash.store(hash.to_bits(), Ordering::Relaxed);
        self.parent.store(parent, Ordering::Relaxed);
        let above = u32::try_from(above).unwrap_or(u32::MAX);
        self.above.store(above, Ordering::Relaxed);
        hash
    }

    #[inline]
    pub(super) fn parent(&self) -> Slot {
        self.parent.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn hash(&self) -> Hash {
        Hash::from_bits(self.hash.load(Ordering::Relaxed))
    }

    #[inline]
    pub(super) fn hold(&self) {
        let holders = self.holders.load(Ordering::Relaxed);
        self.holders.store(holders + 1, Ordering::Relaxed);
    }

    /// Returns whether that was the last holder.
    #[inline]
    pub(super) fn release(&self) -> bool {
        let left = self.holders.load(Ordering::Relaxed) - 1;
        self.holders.store(left, Ordering::Relaxed);
        left == 0
    }

    #[cfg(test)]
    pub(super) fn holders(&self) -> usize {
        self.holders.load(Ordering::Relaxed) as usize
    }
}
