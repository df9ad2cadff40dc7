//! The place of a `#[cached]` in the program, and the cache it leads to.

use std::sync::Arc;

use cached_key::KeyBuf;
use once_cell::sync::OnceCell;

use crate::{
    cache::Core,
    caches::Caches,
    call::{Lookup, lookup_rendered},
    registry::{Declaration, cache_of},
    shape::Shape,
    value::CacheValue,
};

/// Which set of caches a call uses.
pub enum Source<'a> {
    /// The global one.
    Global,
    /// The one named by `caches = …`.
    Given(&'a Caches),
}

impl Source<'_> {
    pub(crate) fn caches(&self) -> &Caches {
        match self {
            Self::Global => Caches::global(),
            Self::Given(caches) => caches,
        }
    }
}

/// A call site. It finds its cache once; only where calls come with different sets it has to look again.
pub struct Site {
    declaration: Declaration,
    found: OnceCell<Found>,
}

struct Found {
    caches: u64,
    core: Arc<Core>,
}

impl Site {
    /// A call site that has not been called yet.
    pub const fn new(declaration: Declaration) -> Self {
        Self {
            declaration,
            found: OnceCell::new(),
        }
    }

    pub(crate) const fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn find(&self, caches: &Caches) -> Found {
        Found {
            caches: caches.id(),
            core: caches.core(cache_of(self.declaration.template)),
        }
    }

    /// Looks up the key that `render` writes.
    #[inline]
    pub fn lookup<S: Shape<Value: CacheValue>>(
        &self,
        source: &Source<'_>,
        shape: S,
        render: impl FnOnce(&mut KeyBuf),
    ) -> Lookup<S> {
        let mut key = KeyBuf::new();
        render(&mut key);
        let policy = &self.declaration.policy;
        match source {
            Source::Global => {
                let found = self.found.get_or_init(|| self.find(Caches::global()));
                lookup_rendered(&found.core, shape, &key, policy)
            }
            Source::Given(caches) => {
                let found = self.found.get_or_init(|| self.find(caches));
                if found.caches == caches.id() {
                    lookup_rendered(&found.core, shape, &key, policy)
                } else {
                    lookup_rendered(&self.find(caches).core, shape, &key, policy)
                }
            }
        }
    }
}
