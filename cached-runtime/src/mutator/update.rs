//! An update that a mutator is to make if it succeeds.

use cached_key::{Key, Pattern, PatternBuf, PatternPart, PatternTemplate, Tail};

use crate::{
    cache::{Update, Watch},
    caches::Caches,
    policy::Policy,
    value::CacheValue,
};

/// An update before the body of its mutator begins. Its key is watched from here on.
pub(super) struct Planned<T> {
    watch: Watch,
    policy: &'static Policy,
    /// As `T` is known to be storable where the update is planned, and no more where it is made.
    make: fn(Watch, &T, &Policy) -> Option<Update>,
}

impl<T> Planned<T> {
    pub(super) fn new(caches: &Caches, key: Key, policy: &'static Policy) -> Self
    where
        T: CacheValue,
    {
        Self {
            watch: Watch::begin(caches.core(key.cache()), key),
            policy,
            make: Watch::update::<T>,
        }
    }

    pub(super) fn tag(&mut self, tag: Key) {
        self.watch.tag(tag);
    }

    /// The update to this value; `None` where it is not to be stored.
    pub(super) fn to(self, value: &T) -> Option<Update> {
        (self.make)(self.watch, value, self.policy)
    }
}

/// Every key that `template` can make: what is to be invalidated where a value could not be written.
pub(super) fn widened(template: &str) -> Pattern {
    let mut pattern = PatternBuf::new();
    // The macro has parsed it before; of one that does not parse nothing is known but its cache.
    let Ok(template) = PatternTemplate::parse(template) else {
        pattern.text(template.split(':').next().unwrap_or_default());
        return pattern.finish(Tail::AtOrBelow);
    };
    for part in template.parts() {
        match part {
            PatternPart::Text(text) => pattern.text(text),
            PatternPart::Value(_) | PatternPart::AnySegment => pattern.widen(),
        }
    }
    pattern.finish(Tail::Exact)
}
