//! Scopes of keys to be. They are allocated several at a time, because one key's scope and entry come in turn: many
//! allocators would lay them side by side, and hits, which read entries only, would have the scopes in their way.

use triomphe::UniqueArc;

use crate::cache::scope::Scope;

/// More than these do not wait for their keys.
const MOST: usize = 64;

/// One waits for so many that are in use.
const IN_USE: usize = 8;

#[derive(Default)]
pub(super) struct Stock(Vec<UniqueArc<Scope>>);

impl Stock {
    /// One more, where so many are in use.
    #[inline]
    pub(super) fn take(&mut self, in_use: usize) -> UniqueArc<Scope> {
        self.0.pop().unwrap_or_else(|| self.restock(in_use))
    }

    #[cold]
    fn restock(&mut self, in_use: usize) -> UniqueArc<Scope> {
        let first = Scope::blank();
        let more = (in_use / IN_USE).min(MOST);
        self.0.extend((0..more).map(|_| Scope::blank()));
        // Taken in the order in which they lie in memory.
        self.0.reverse();
        first
    }

    pub(super) fn give_back(&mut self) {
        self.0 = Vec::new();
    }
}
