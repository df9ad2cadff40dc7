//! The place of a `#[cached]` in the program, and the cache it leads to.

use std::sync::Arc;

use cached_key::{KeyMemory, KeyWriter};
use once_cell::sync::OnceCell;

use crate::{
    cache::Core,
    caches::Caches,
    call::{Lookup, lookup_rendered},
    policy::Given,
    registry::{Declaration, cache_names, cache_of},
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

/// A call site. It finds its cache among the global ones once. Other sets come and go, so there it only keeps in mind the place
/// at which each of them has it.
pub struct Site {
    declaration: Declaration,
    global: OnceCell<Arc<Core>>,
    place: OnceCell<Option<usize>>,
}

impl Site {
    /// A call site that has not been called yet.
    pub const fn new(declaration: Declaration) -> Self {
        Self {
            declaration,
            global: OnceCell::new(),
            place: OnceCell::new(),
        }
    }

    pub(crate) const fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn cache(&self) -> &'static str {
        cache_of(self.declaration.template)
    }

    /// Looks up the key that `render` writes.
    #[inline(always)]
    pub fn lookup<S: Shape<Value: CacheValue>>(
        &'static self,
        source: &Source<'_>,
        shape: S,
        render: impl FnOnce(&mut KeyWriter<'_>),
    ) -> Lookup<S> {
        let policy = Given::Declared(&self.declaration.policy);
        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        render(&mut key);
        match source {
            Source::Global => {
                let core = self
                    .global
                    .get_or_init(|| Caches::global().core(self.cache()));
                lookup_rendered(core, shape, &key, policy)
            }
            Source::Given(caches) => {
                let by_name;
                let declared = self.place().and_then(|place| caches.declared(place));
                let core = if let Some(core) = declared {
                    core
                } else {
                    by_name = caches.core(self.cache());
                    &by_name
                };
                lookup_rendered(core, shape, &key, policy)
            }
        }
    }

    #[inline(always)]
    fn place(&self) -> Option<usize> {
        let find = || cache_names().binary_search(&self.cache()).ok();
        *self.place.get_or_init(find)
    }
}
