//! Values that were accepted but that the source does not have yet. Who finds no entry gets these instead of a load.
//!
//! A value is laid here and into the directory under the lock of its key's stripe, where loads that are under way are
//! overtaken too; a load looks here under the same lock before it takes hold of its scope. So a load either sees the
//! value, or began before it and cannot be stored.

use std::{collections::HashMap, sync::Arc};

use cached_key::Key;

use super::{
    content::AnyValue,
    core::{Core, Stripe},
    directory::Digest,
};
use crate::{policy::Policy, shape::Shape, sync::atomic::Ordering, value::CacheValue};

/// A value that waits to be written, of the type that its writer knows.
pub(crate) type Pending = Arc<AnyValue>;

/// What waits to be written under some keys.
#[derive(Default)]
pub(super) struct Overlay {
    slots: HashMap<Digest, Vec<Slot>>,
}

struct Slot {
    writer: u64,
    key: Key,
    value: Pending,
    state: State,
}

/// How far a key's value is on its way to the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing of it is known.
    New,
    /// It waits for its turn.
    Queued,
    /// It is being written.
    Writing,
}

impl Overlay {
    /// The latest value under a key, if it is a `T`.
    pub(super) fn value<T: 'static>(&self, digest: Digest, key: &[u8]) -> Option<Pending> {
        let slots = self.slots.get(&digest)?.iter().rev();
        let mut values = slots.filter(|slot| slot.key.as_bytes() == key);
        values
            .find(|slot| slot.value.get::<T>().is_some())
            .map(|slot| Arc::clone(&slot.value))
    }

    /// Whether any value waits under a key.
    pub(super) fn has(&self, digest: Digest, key: &Key) -> bool {
        let mut slots = self.slots.get(&digest).into_iter().flatten();
        slots.any(|slot| slot.key == *key)
    }

    fn slot(&mut self, writer: u64, digest: Digest, key: &Key) -> Option<&mut Slot> {
        let mut slots = self.slots.get_mut(&digest)?.iter_mut();
        slots.find(|slot| slot.writer == writer && slot.key == *key)
    }

    fn state(&mut self, writer: u64, digest: Digest, key: &Key) -> State {
        self.slot(writer, digest, key)
            .map_or(State::New, |slot| slot.state)
    }

    fn lay(&mut self, writer: u64, digest: Digest, key: &Key, value: &Pending) {
        let slots = self.slots.entry(digest).or_default();
        // The latest comes last, also where several write the same key.
        slots.retain(|slot| slot.writer != writer || slot.key != *key);
        slots.push(Slot {
            writer,
            key: key.clone(),
            value: Arc::clone(value),
            state: State::Queued,
        });
    }

    /// Removes a value, unless a later one has come in its place.
    fn remove(&mut self, writer: u64, digest: Digest, key: &Key, value: &Pending) -> bool {
        let Some(slots) = self.slots.get_mut(&digest) else {
            return false;
        };
        let before = slots.len();
        slots.retain(|slot| {
            slot.writer != writer || slot.key != *key || !Arc::ptr_eq(&slot.value, value)
        });
        let removed = slots.len() < before;
        if slots.is_empty() {
            self.slots.remove(&digest);
        }
        removed
    }
}

impl Core {
    pub(crate) fn pending_state(&self, writer: u64, digest: Digest, key: &Key) -> State {
        self.stripe(digest).overlay.state(writer, digest, key)
    }

    /// Serves `value` from now on, if `may` allows it, which is asked under the stripe's lock.
    pub(crate) fn accept<T: CacheValue>(
        self: &Arc<Self>,
        writer: u64,
        (key, digest): (&Key, Digest),
        value: &Pending,
        (policy, tags): (&Policy, &[Key]),
        may: impl FnOnce(State) -> bool,
    ) -> bool {
        let mut accepted = false;
        let accept = |stripe: &mut Stripe| {
            let state = stripe.overlay.state(writer, digest, key);
            accepted = may(state);
            if accepted {
                stripe.overlay.lay(writer, digest, key, value);
                if state == State::New {
                    self.chores.pending.fetch_add(1, Ordering::Relaxed);
                }
            }
            accepted
        };
        let value = value.get::<T>().filter(|_| self.is_enabled());
        let draft =
            value.and_then(|value| self.draft_of(value.clone(), &self.effective(policy), None));
        if let Some(draft) = draft {
            self.put_over(key, digest, draft, tags, accept);
        } else if accept(&mut self.stripe(digest)) {
            self.invalidate_key(key);
        }
        accepted
    }

    /// The value under a key, which is being written from now on.
    pub(crate) fn begin_write(&self, writer: u64, digest: Digest, key: &Key) -> Option<Pending> {
        let mut stripe = self.stripe(digest);
        let slot = stripe.overlay.slot(writer, digest, key)?;
        slot.state = State::Writing;
        Some(Arc::clone(&slot.value))
    }

    /// The source has the value. Returns whether nothing more is to be written under the key.
    pub(crate) fn settle(&self, writer: u64, digest: Digest, key: &Key, value: &Pending) -> bool {
        let settled = self
            .stripe(digest)
            .overlay
            .remove(writer, digest, key, value);
        if settled {
            self.chores.pending.fetch_sub(1, Ordering::Relaxed);
        }
        settled
    }

    /// The source will not have the value: unless a later one is on its way, readers are to ask the source again.
    pub(crate) fn withdraw(
        self: &Arc<Self>,
        writer: u64,
        digest: Digest,
        key: &Key,
        value: &Pending,
    ) -> bool {
        {
            let mut stripe = self.stripe(digest);
            if !stripe.overlay.remove(writer, digest, key, value) {
                return false;
            }
            self.freeze().invalidate_key(key.as_str());
        }
        self.chores.pending.fetch_sub(1, Ordering::Relaxed);
        self.invalidated();
        true
    }

    /// The answer that waits to be written, for a caller that found no entry and will not load.
    pub(crate) fn pending<S: Shape<Value: CacheValue>>(
        &self,
        digest: Digest,
        key: &[u8],
    ) -> Option<S::Answer> {
        if self.chores.pending.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let value = self.stripe(digest).overlay.value::<S::Value>(digest, key)?;
        answer::<S>(&value)
    }
}

/// Made outside of the lock, as it clones.
pub(super) fn answer<S: Shape<Value: CacheValue>>(value: &Pending) -> Option<S::Answer> {
    value.get::<S::Value>().cloned().map(S::found)
}
