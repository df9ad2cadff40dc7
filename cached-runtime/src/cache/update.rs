//! Values that mutators have returned, stored where nobody else has touched their keys meanwhile.

use std::{mem, slice, sync::Arc};

use cached_key::Key;

use super::{
    core::Core,
    directory::Digest,
    entry::{Accepted, Holds},
    scope::Frozen,
    store::Draft,
};
use crate::{policy::Policy, value::CacheValue};

/// Keeps an eye on a key and its tags while a mutator is about to change what lies there.
pub(crate) struct Watch {
    core: Arc<Core>,
    key: Key,
    tags: Vec<Key>,
    digest: Digest,
    /// Older than whatever comes while the watch lasts.
    number: u64,
    holds: Holds,
    /// A value waits to be written to the source, before or after the mutator's.
    pending: bool,
}

/// A value to be stored if nobody else has touched its key since the watch began.
pub(crate) struct Update {
    watch: Watch,
    draft: Draft,
}

impl Watch {
    pub(crate) fn begin(core: Arc<Core>, key: Key) -> Self {
        let digest = core.digest(key.as_bytes());
        let number = core.next_id();
        let (holds, pending) = {
            // A value that is accepted for writing behind comes either before all of this or after.
            let stripe = core.stripe(digest);
            let holds = core.hold(key.as_bytes(), &[], digest);
            (holds, stripe.overlay.has(digest, &key))
        };
        Self {
            core,
            key,
            tags: Vec::new(),
            digest,
            number,
            holds,
            pending,
        }
    }

    /// Keeps an eye on a tag of the key, too. Its value will have it.
    pub(crate) fn tag(&mut self, tag: Key) {
        let held = self.core.hold_tags(slice::from_ref(&tag), self.digest);
        let before = mem::take(&mut self.holds.tags);
        self.holds.tags = before.into_iter().chain(held).collect();
        self.tags.push(tag);
    }

    /// The update of the key to `value`; `None` where nothing is stored. `Clone` and the weigher are code of the user's: no
    /// lock may be held.
    pub(crate) fn update<T: CacheValue>(self, value: &T, policy: &Policy) -> Option<Update> {
        let core = &self.core;
        if !core.is_enabled() {
            return None;
        }
        let policy = core.effective(policy);
        let draft = core.draft_of(value.clone(), &policy, None)?;
        Some(Update { watch: self, draft })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.core.shelf.release(&self.holds);
    }
}

/// The right to store, taken while nobody else could do anything.
pub(super) struct Commit {
    holds: Holds,
    number: u64,
}

impl Update {
    pub(super) fn is_of(&self, core: &Arc<Core>) -> bool {
        Arc::ptr_eq(&self.watch.core, core)
    }

    /// Whether nobody has touched the key. The scopes must be frozen, and those of the act not marked yet.
    pub(super) fn is_due(&self) -> bool {
        let Watch {
            holds,
            number,
            pending,
            ..
        } = &self.watch;
        !pending && defended!(UpdateCheck, holds.accept(*number), else true)
    }

    pub(super) fn reserve(&self, frozen: &mut Frozen<'_>) -> Commit {
        let watch = &self.watch;
        let tags = watch.tags.iter();
        Commit {
            holds: Holds {
                scope: frozen.hold(watch.key.as_str(), watch.digest),
                tags: tags
                    .map(|tag| frozen.hold_tag(tag.as_str(), watch.digest))
                    .collect(),
            },
            // Older than every load that begins after the act.
            number: watch.core.next_id(),
        }
    }

    /// Stores the value unless somebody has touched the key since the act, as at the end of a load.
    pub(super) fn carry_out(self, commit: Option<Commit>) {
        let Some(Commit { holds, number }) = commit else {
            return;
        };
        let Self { watch, draft } = self;
        let (core, key, digest) = (&watch.core, &watch.key, watch.digest);
        core.tidy();
        {
            let _stripe = core.stripe(digest);
            let generation = core.generation();
            if core.is_enabled() && holds.accept(number) {
                let accepted = Accepted {
                    holds,
                    number,
                    generation,
                };
                core.put_unless_newer(key.as_bytes(), digest, accepted, draft);
            } else {
                core.shelf.release(&holds);
            }
        }
        core.keep_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cache::{act, testing::core},
        policy,
        shape::Plain,
    };

    fn update(core: &Arc<Core>, key: &str, value: u64) -> Update {
        let key = Key::parse(key).unwrap();
        let watch = Watch::begin(Arc::clone(core), key);
        watch.update(&value, &policy::QUERY).unwrap()
    }

    fn stored(core: &Core, key: &str) -> Option<u64> {
        core.hit::<Plain<u64>>(core.digest(key.as_bytes()), key.as_bytes())
    }

    /// The moment between the act and the storing, which no test from outside can hold open.
    #[test]
    fn what_comes_between_the_act_and_the_storing_wins() {
        type Between = fn(&Arc<Core>, &Key);
        let cases: [(Between, Option<u64>); 4] = [
            (|_, _| (), Some(1)),
            (|core, key| core.invalidate_key(key), None),
            (|core, _| core.clear(), None),
            (
                |core, key| core.insert(key, 2_u64, &policy::QUERY, &[]),
                Some(2),
            ),
        ];
        for (between, expected) in cases {
            let core = core();
            let key = Key::parse("rows:1").unwrap();
            let update = update(&core, "rows:1", 1);
            let commit = update.reserve(&mut core.freeze());
            between(&core, &key);
            update.carry_out(Some(commit));
            assert_eq!(stored(&core, "rows:1"), expected);
            core.clear();
            core.run_pending_tasks();
            assert_eq!(core.shelf.scopes.len(), 1, "nothing is held any more");
        }
    }

    #[test]
    fn an_update_leaves_no_scope_behind_that_no_entry_holds() {
        let core = core();
        for n in 0..1_000 {
            let update = update(&core, "rows:1", n);
            let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.clear();
            act(&[Arc::clone(&core)], mark, vec![update]);
            assert_eq!(stored(&core, "rows:1"), Some(n));
        }
        core.run_pending_tasks();
        assert_eq!((core.stats().entries, core.shelf.scopes.len()), (1, 2));
    }
}
