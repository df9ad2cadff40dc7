//! What a flight goes by to find out whether an invalidation has overtaken it.

use super::{core::Core, entry::Holds};

/// Taken hold of before the first load of a flight began. Lies beside the flight in the table, so that a stripe's
/// lock is all it needs.
pub(super) struct Fence {
    /// No load of the flight has a lower one.
    pub(super) number: u64,
    holds: Holds,
}

impl Fence {
    #[inline]
    pub(super) fn new(number: u64, holds: Holds) -> Self {
        Self { number, holds }
    }

    /// Whether nothing has reached the key since the flight began.
    #[inline]
    pub(super) fn is_intact(&self) -> bool {
        self.holds.accept(self.number)
    }

    /// Whether nothing has reached it that a load with this number has not seen.
    #[inline]
    pub(super) fn accepts(&self, begun: u64) -> bool {
        let Holds { scope, tags } = &self.holds;
        defended!(CommitCheck, scope.accepts(begun), else true)
            && defended!(TagCommitCheck, tags.iter().all(|tag| tag.accepts(begun)), else true)
    }

    /// What the entry of the load is to hang on.
    #[inline]
    pub(super) fn into_holds(self) -> Holds {
        self.holds
    }

    /// Gives back what was taken hold of.
    pub(super) fn release(&self, core: &Core) {
        core.shelf.release(&self.holds);
    }
}
