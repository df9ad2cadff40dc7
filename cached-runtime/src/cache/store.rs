//! Storing: drafts of answers, and their way into directory and policy.

use std::sync::Arc;

use cached_key::Key;

use super::{
    content::Content,
    core::{Core, Shelf, Stripe},
    directory::Digest,
    entry::{Accepted, Entry, Glance, Holds},
    lifetime::{Lifetime, Stage},
};
use crate::{
    policy::Policy, shape::Outcome, sync::atomic::Ordering, time::Moment, value::CacheValue,
};

/// An answer ready to be stored.
pub(super) struct Draft {
    content: Content,
    weight: u32,
    lifetime: Lifetime,
}

impl Draft {
    pub(super) const fn made(&self) -> Moment {
        self.lifetime.stored
    }
}

impl Core {
    /// Makes a draft of an answer whose load began then, if that matters; `None` if it is none that is stored.
    pub(super) fn draft<T: CacheValue, K: Fn(&T) -> bool>(
        &self,
        outcome: &Outcome<'_, T>,
        policy: &Policy,
        begun: Option<Moment>,
        store_if: &K,
    ) -> Option<Draft> {
        match outcome {
            Outcome::Value(value) if store_if(value) => {
                self.draft_of(T::clone(value), policy, begun)
            }
            Outcome::Absent => Some(Draft {
                content: Content::absent(),
                weight: 1,
                lifetime: self.lifetime(policy, true, begun)?,
            }),
            Outcome::Value(_) | Outcome::Failed => None,
        }
    }

    pub(super) fn draft_of<T: CacheValue>(
        &self,
        value: T,
        policy: &Policy,
        begun: Option<Moment>,
    ) -> Option<Draft> {
        Some(Draft {
            weight: self.settings.weight_of(&value),
            content: Content::of(value),
            lifetime: self.lifetime(policy, false, begun)?,
        })
    }

    /// Stores a value now, over whatever was there and over loads that are under way.
    pub(crate) fn insert<T: CacheValue>(
        self: &Arc<Self>,
        key: &Key,
        value: T,
        policy: &Policy,
        tags: &[Key],
    ) {
        let Some(draft) = self.draft_of(value, &self.effective(policy), None) else {
            return;
        };
        self.put_over(key, self.digest(key.as_bytes()), draft, tags, |_| true);
    }

    /// Stores a draft as [`insert`](Self::insert) does, if `may` allows it, which is asked under the stripe's lock.
    pub(super) fn put_over(
        self: &Arc<Self>,
        key: &Key,
        digest: Digest,
        draft: Draft,
        tags: &[Key],
        may: impl FnOnce(&mut Stripe) -> bool,
    ) {
        self.tidy();
        {
            let mut stripe = self.stripe(digest);
            if !may(&mut stripe) {
                return;
            }
            let generation = self.generation();
            let scopes = &self.shelf.scopes;
            let scope = defended!(
                InsertOvertakes,
                scopes.replace(key.as_str(), digest),
                else scopes.hold(key.as_str(), digest)
            );
            let tags = self.hold_tags(tags, digest);
            let accepted = Accepted {
                holds: Holds { scope, tags },
                number: self.next_id(),
                generation,
            };
            self.put(key.as_bytes(), digest, accepted, draft);
        }
        self.chores.untidy.store(true, Ordering::Relaxed);
        self.keep_up();
    }

    /// Puts an entry where nothing newer lies, or gives back what it was to hang on. The stripe of `digest` must be locked.
    #[inline]
    pub(super) fn put_unless_newer(
        &self,
        key: &[u8],
        digest: Digest,
        accepted: Accepted,
        draft: Draft,
    ) {
        let Accepted {
            number, generation, ..
        } = accepted;
        let now = draft.made();
        let glance = Glance { generation, now };
        let rest = self.rest(key);
        self.put_if(rest, digest, accepted, draft, |there| {
            let newer = defended!(NewerCheck, there.id > number, else false)
                && there.is_of(rest)
                && matches!(there.stage(glance), Stage::Fresh | Stage::Ahead);
            !newer
        });
    }

    /// Puts an entry in place of whatever lies there. The stripe of `digest` must be locked.
    fn put(&self, key: &[u8], digest: Digest, accepted: Accepted, draft: Draft) {
        self.put_if(self.rest(key), digest, accepted, draft, |_| true);
    }

    /// Puts an entry into directory and eviction policy, unless one lies there that `may_go` does not give up. The stripe of
    /// `digest` must be locked.
    #[inline]
    fn put_if(
        &self,
        rest: &[u8],
        digest: Digest,
        accepted: Accepted,
        draft: Draft,
        may_go: impl FnOnce(&Entry) -> bool,
    ) {
        let Draft {
            content,
            weight,
            lifetime,
        } = draft;
        let entry = Entry::new(rest, accepted, content, &lifetime, weight);
        let Shelf {
            directory,
            eviction,
            counters,
            ..
        } = &self.shelf;
        counters.entered(weight);
        let guard = directory.guard();
        directory.make_room(&guard);
        let (entry, old) = match directory.insert_new(digest, entry, &guard) {
            Ok(entry) => (entry, None),
            Err(occupied) => {
                let entry = occupied.not_inserted;
                if !may_go(occupied.current) {
                    self.shelf.let_go(&entry);
                    return;
                }
                let old = directory.insert(digest, entry, &guard);
                if let Some(old) = old {
                    if old.is_expired(lifetime.stored) {
                        counters.expirations.increment();
                    }
                    self.shelf.let_go(old);
                }
                // Nobody else takes it out: the policy does not know it yet, and all others wait for the stripe.
                let Some(entry) = directory.find(digest, &guard) else {
                    return;
                };
                (entry, old)
            }
        };
        let victims = eviction.admit(directory, (digest, entry), old, lifetime.stored, &guard);
        self.shelf.evict(&victims, &guard);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        cache::testing::{load, *},
        shape::Plain,
    };

    #[test]
    fn two_keys_of_one_digest_take_turns() {
        let core = core();
        let call = |n| {
            let mut call = miss(&core, n);
            call.digest = 7;
            call
        };
        let hit = |n| core.hit::<Plain<u64>>(7, call(n).key.as_bytes());
        for n in [1, 2, 1, 2] {
            let answer = now(load(call(n), async move { n }));
            assert_eq!(answer, n);
            assert_eq!((hit(n), hit(3 - n)), (Some(n), None));
        }
        assert_eq!(core.stats().entries, 1);
    }
}
