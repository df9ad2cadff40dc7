//! Changes to what a cache holds: storing, invalidating, and the cleaning up behind.

use std::{
    iter::{self, zip},
    sync::Arc,
};

use cached_key::{Key, Pattern};
use tokio::task::yield_now;

use super::{
    core::{Core, Shelf, Stripe},
    directory::Digest,
    entry::{Content, Entry, Holds},
    eviction::Ticketed,
    lifetime::Lifetime,
    scope::{Frozen, Remains, Scope, Scopes},
    update::{Commit, Update},
};
use crate::{
    policy::Policy,
    shape::Outcome,
    sync::{atomic::Ordering, runtime},
    time::Moment,
    value::CacheValue,
};

/// Nodes reclaimed at a time, between which others get the lock.
const BATCH: usize = 256;

/// Nodes reclaimed by a caller that cleans up; what is more is left to a task or to later calls.
const AT_ONCE: usize = 2_048;

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
    /// Makes a draft of an answer whose load began then; `None` if it is none that is stored.
    pub(super) fn draft<T: CacheValue, K: Fn(&T) -> bool>(
        &self,
        outcome: &Outcome<'_, T>,
        policy: &Policy,
        begun: Moment,
        store_if: &K,
    ) -> Option<Draft> {
        match outcome {
            Outcome::Value(value) if store_if(value) => {
                self.draft_of(T::clone(value), policy, begun)
            }
            Outcome::Absent => Some(Draft {
                content: Content::Absent,
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
        begun: Moment,
    ) -> Option<Draft> {
        Some(Draft {
            weight: self.settings.weight_of(&value),
            content: Content::of(value),
            lifetime: self.lifetime(policy, false, begun)?,
        })
    }

    /// Stores a value now, over whatever was there and over loads that are under way.
    pub(crate) fn insert<T: CacheValue>(&self, key: &Key, value: T, policy: &Policy, tags: &[Key]) {
        let Some(draft) = self.draft_of(value, &self.effective(policy), self.timer.now()) else {
            return;
        };
        self.put_over(key, self.digest(key.as_bytes()), draft, tags, |_| true);
    }

    /// Stores a draft as [`insert`](Self::insert) does, if `may` allows it, which is asked under the stripe's lock.
    pub(super) fn put_over(
        &self,
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
            let scopes = &self.shelf.scopes;
            let scope = defended!(
                InsertOvertakes,
                scopes.replace(key.as_str(), digest),
                else scopes.hold(key.as_str(), digest)
            );
            let tags = self.hold_tags(tags, digest);
            let holds = Holds { scope, tags };
            self.put(key, digest, holds, self.next_id(), draft);
        }
        self.remove_marked_keys();
        self.chores.untidy.store(true, Ordering::Relaxed);
    }

    /// Puts an entry into directory and eviction policy. The stripe of `digest` must be locked.
    pub(super) fn put(&self, key: &Key, digest: Digest, holds: Holds, id: u64, draft: Draft) {
        let Draft {
            content,
            weight,
            lifetime,
        } = draft;
        let entry = Entry::new(key.as_bytes(), holds, content, id, &lifetime, weight);
        let ticketed = Ticketed {
            id,
            weight,
            ttl: lifetime.ends().since(lifetime.stored),
            tti: lifetime.tti,
        };

        let counters = &self.shelf.counters;
        counters.entries.increment();
        counters.weight.add(u64::from(weight));
        {
            let guard = self.shelf.directory.guard();
            if let Some(old) = self.shelf.directory.insert(digest, entry, &guard) {
                if old.is_expired(lifetime.stored) {
                    counters.expirations.increment();
                }
                self.shelf.let_go(old);
            }
        }
        self.eviction().admit(digest, &ticketed);
    }

    pub(crate) fn invalidate_key(self: &Arc<Self>, key: &Key) {
        self.shelf.scopes.invalidate_key(key.as_str());
        self.invalidated();
    }

    /// Lets what a pattern matches be past its time: kept for loads that fail, and for nothing else.
    pub(crate) fn expire(&self, pattern: &Pattern) {
        // A load that begins after the marks must not be made of entries that are called past their time in a moment.
        let _thorough = Thorough::begin(self);
        let marked = self.shelf.scopes.expire(pattern, || self.next_id());
        for Remains { digest, scope } in &marked {
            let _stripe = self.stripe(*digest);
            let guard = self.shelf.directory.guard();
            if let Some(entry) = self.shelf.directory.find(*digest, &guard)
                && Arc::ptr_eq(&entry.scope, scope)
                && !scope.accepts(entry.id)
            {
                defended!(ExpireEntries, entry.expire(), else ());
            }
        }
    }

    pub(crate) fn clear(self: &Arc<Self>) {
        self.freeze().clear();
        self.invalidated();
    }

    /// What is due after scopes were marked. The memory of a few entries is left to the calls that store next, so that an
    /// invalidation costs the same wherever they lie; much of it is not.
    pub(super) fn invalidated(self: &Arc<Self>) {
        self.remove_marked_keys();
        self.shelf.counters.invalidations.increment();
        self.chores.untidy.store(true, Ordering::Relaxed);
        let much = self.trees().any(Scopes::has_much_to_reclaim);
        if much && !self.sweep_behind() {
            self.sweep(AT_ONCE);
        }
    }

    /// Removes the entries of keys that were marked themselves, by whomever: one who came first may not be done with it.
    pub(super) fn remove_marked_keys(&self) {
        for scopes in self.trees() {
            let marked = scopes.marked_keys();
            for key in &marked {
                defended!(MarkedKeysRemoved, self.drop_entry(key), else ());
            }
            if !marked.is_empty() {
                scopes.settle(&marked);
            }
        }
    }

    /// The scopes of the keys, and those of the tags where there are any.
    fn trees(&self) -> impl Iterator<Item = &Scopes> {
        let Shelf { scopes, tags, .. } = &*self.shelf;
        iter::once(scopes).chain(self.has_tags().then_some(tags))
    }

    /// Leaves it to a task, if there is a runtime. Calls that store do their share all the same.
    fn sweep_behind(self: &Arc<Self>) -> bool {
        let Some(runtime) = runtime() else {
            return false;
        };
        if self.chores.sweeping.swap(true, Ordering::AcqRel) {
            return true;
        }
        let sweeping = Sweeping(Arc::clone(self));
        runtime.spawn(async move {
            while sweeping.0.sweep(BATCH) {
                yield_now().await;
            }
        });
        true
    }

    /// Tells the eviction policy of the read that has led to a load, and of the hits before it.
    pub(super) fn tell_of_reads(&self, digest: Digest) {
        let counts = self.shelf.counters.hits_of_each();
        self.samples
            .take(counts, |digest| self.eviction().note_read(digest));
        self.eviction().note_read(digest);
    }

    /// A storing caller's share of the cleaning up. It comes first, so that the eviction policy does not weigh what is new
    /// against what is gone.
    pub(super) fn tidy(&self) {
        if self.chores.untidy.load(Ordering::Relaxed) {
            self.sweep(BATCH);
        }
    }

    /// Reclaims up to about `limit` nodes, and returns whether more is left.
    fn sweep(&self, limit: usize) -> bool {
        let mut remains = Vec::new();
        let mut done = 0;
        while done < limit {
            // Cleared before looking: an invalidation that comes meanwhile sets it again.
            self.chores.untidy.store(false, Ordering::Relaxed);
            let mut more = false;
            for scopes in self.trees() {
                more |= scopes.reclaim(BATCH, &mut remains);
            }
            for found in remains.drain(..) {
                self.drop_entry(&found);
            }
            if !more {
                return false;
            }
            self.chores.untidy.store(true, Ordering::Relaxed);
            done += BATCH;
        }
        true
    }

    fn drop_entry(&self, remains: &Remains) {
        let digest = remains.digest;
        let is = |scope: &Arc<Scope>| Arc::ptr_eq(scope, &remains.scope);
        let _stripe = self.stripe(digest);
        let guard = self.shelf.directory.guard();
        let meant = |entry: &Entry| is(&entry.scope) || entry.tags().iter().any(is);
        if let Some(entry) = self.shelf.directory.remove_if(digest, meant, &guard) {
            self.shelf.let_go(entry);
            self.eviction().forget(digest);
        }
    }

    /// Reclaims what a few invalidations have left, so that it is not counted any more.
    pub(super) fn tidy_up(&self) {
        if self.chores.untidy.load(Ordering::Relaxed) {
            self.sweep(AT_ONCE);
        }
    }

    /// Does all that waits to be done: evictions, expirations, reclaiming.
    pub(crate) fn run_pending_tasks(&self) {
        while self.sweep(AT_ONCE) {}
        self.eviction().run_pending_tasks();
        if !self.timer.is_system() {
            self.remove_expired();
        }
    }

    /// moka cannot read a clock of the user's, so expired entries are looked for one by one.
    fn remove_expired(&self) {
        let now = self.timer.now();
        let expired: Vec<(Digest, u64)> = {
            let guard = self.shelf.directory.guard();
            let entries = self.shelf.directory.iter(&guard);
            entries
                .filter(|(_, entry)| entry.is_over(now))
                .map(|(digest, entry)| (digest, entry.id))
                .collect()
        };
        for (digest, id) in expired {
            let _stripe = self.stripe(digest);
            let guard = self.shelf.directory.guard();
            if let Some(entry) =
                self.shelf
                    .directory
                    .remove_if(digest, |entry| entry.id == id, &guard)
            {
                self.shelf.counters.expirations.increment();
                self.shelf.let_go(entry);
                self.eviction().forget(digest);
            }
        }
    }
}

/// Marks scopes of several caches, given in the order of their names, as one act: a load holds its own scope either before
/// all of it or after. When it returns, no reader will accept what was there before; memory is given back behind. Updates are
/// part of the act.
pub(crate) fn act(
    cores: &[Arc<Core>],
    mark: impl Fn(&Core, &mut Frozen<'_>),
    updates: Vec<Update>,
) {
    let (act, commits) = Act::begin(cores, mark, &updates);
    // The new values come before the old ones go, so that in between nobody misses.
    for (update, commit) in zip(updates, commits) {
        update.carry_out(commit);
    }
    drop(act);
}

/// As long as it lasts, readers ask the scopes of keys too.
struct Thorough<'a>(&'a Core);

impl<'a> Thorough<'a> {
    fn begin(core: &'a Core) -> Self {
        core.acts.fetch_add(1, Ordering::Relaxed);
        Self(core)
    }
}

impl Drop for Thorough<'_> {
    fn drop(&mut self) {
        self.0.acts.fetch_sub(1, Ordering::Release);
    }
}

/// An invalidation whose marks are set, and which ends when all is done that it owes. A load may begin meanwhile, and must
/// not be made of what the marks are about: until the entries of marked keys are gone, readers ask their scopes too.
struct Act<'a>(&'a [Arc<Core>]);

impl<'a> Act<'a> {
    fn begin(
        cores: &'a [Arc<Core>],
        mark: impl Fn(&Core, &mut Frozen<'_>),
        updates: &[Update],
    ) -> (Self, Vec<Option<Commit>>) {
        for core in cores {
            core.acts.fetch_add(1, Ordering::Relaxed);
        }
        let act = Self(cores);
        // Whoever holds a scope from after the marks had the lock of its tree after us, and so sees the counts.
        let commits = defended!(OneAct, set_marks(cores, &mark, updates), else {
            for core in cores {
                set_marks(std::slice::from_ref(core), &mark, &[]);
                crate::defence::gap();
            }
            updates.iter().map(|_| None).collect()
        });
        (act, commits)
    }
}

/// Sets the marks in all trees at once, and says what may be stored: whether the keys of the updates were touched is found out
/// before the first mark, and they are stored under scopes that are taken after the last one. So no invalidation falls between
/// the question and the answer, and one that comes before the value is stored marks the scope that it would be stored under.
fn set_marks(
    cores: &[Arc<Core>],
    mark: &impl Fn(&Core, &mut Frozen<'_>),
    updates: &[Update],
) -> Vec<Option<Commit>> {
    let mut frozen: Vec<_> = cores.iter().map(|core| core.freeze()).collect();
    let due: Vec<_> = updates.iter().map(Update::is_due).collect();
    for (core, scopes) in zip(cores, &mut frozen) {
        mark(core, scopes);
    }
    let reserve = |(update, due): (&Update, bool)| {
        let of = cores.iter().position(|core| update.is_of(core))?;
        let scopes = frozen.get_mut(of)?;
        due.then(|| update.reserve(scopes))
    };
    zip(updates, due).map(reserve).collect()
}

impl Act<'_> {
    fn finish(&self) {
        for core in self.0 {
            core.invalidated();
            core.acts.fetch_sub(1, Ordering::Release);
        }
    }
}

impl Drop for Act<'_> {
    fn drop(&mut self) {
        defended!(ActReadCheck, self.finish(), else {
            crate::defence::gap();
            self.finish();
        });
    }
}

struct Sweeping(Arc<Core>);

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.0.chores.sweeping.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Arc, Mutex, mpsc},
        task::{Context, Poll, Waker},
        thread,
        time::Duration,
    };

    use super::*;
    use crate::{
        Settings,
        cache::{Miss, load, reload},
        policy,
        shape::Plain,
        sync::atomic::AtomicBool,
        time::Timer,
    };

    fn core() -> Arc<Core> {
        let enabled = Arc::new(AtomicBool::new(true));
        Arc::new(Core::new("rows", Timer::System, Settings::new(), enabled))
    }

    fn miss(core: &Arc<Core>, n: u64) -> Miss {
        let key = Key::parse(&format!("rows:user:{n}:status:open")).unwrap();
        Miss {
            core: Arc::clone(core),
            digest: core.digest(key.as_bytes()),
            key,
            policy: policy::QUERY,
            reload: false,
            tags: Vec::new(),
        }
    }

    fn now<F: Future>(future: F) -> F::Output {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("nothing to wait for"),
        }
    }

    /// Otherwise it could build an answer from what the second mark is about to clear, and nobody would clear that.
    #[test]
    fn no_load_begins_between_the_marks_of_one_act() {
        let (first, second) = (core(), core());
        let (sender, begun) = mpsc::channel();
        let begun = Mutex::new(begun);
        act(
            &[Arc::clone(&first), Arc::clone(&second)],
            |core, scopes| {
                scopes.clear();
                if std::ptr::eq(core, &raw const *second) {
                    let (first, sender) = (Arc::clone(&first), sender.clone());
                    thread::spawn(move || {
                        first.shelf.scopes.hold("rows:1", 1);
                        sender.send(()).unwrap();
                    });
                    let waited = begun
                        .lock()
                        .unwrap()
                        .recv_timeout(Duration::from_millis(50));
                    assert!(waited.is_err(), "a load has begun before the second mark");
                }
            },
            Vec::new(),
        );
        begun.lock().unwrap().recv().unwrap();
    }

    /// Nobody would clear it: its load began after the marks.
    #[test]
    fn an_answer_loaded_during_an_act_is_not_made_of_what_the_act_has_marked() {
        let [rows, sums] = [core(), core()];
        let row = miss(&rows, 1);
        let load_row = |value| {
            let (digest, key) = (row.digest, row.key.as_bytes());
            let found = rows.hit::<Plain<u64>>(digest, key);
            let load = || load::<Plain<u64>, _, _>(&row, &|_: &u64| true, async move { value });
            found.unwrap_or_else(|| now(load()))
        };
        assert_eq!(load_row(1), 1);
        let cores = [Arc::clone(&rows), Arc::clone(&sums)];
        let pattern = Pattern::from(&row.key);
        let (act, _) = Act::begin(&cores, |_, scopes| scopes.invalidate(&pattern), &[]);
        let sum = async { load_row(2) };
        now(load::<Plain<u64>, _, _>(
            &miss(&sums, 1),
            &|_: &u64| true,
            sum,
        ));
        drop(act);
        let stored = sums.hit::<Plain<u64>>(miss(&sums, 1).digest, row.key.as_bytes());
        assert_eq!(stored, Some(2));
    }

    #[test]
    fn reloads_leave_nothing_behind() {
        let core = core();
        for round in 0..1_000 {
            let call = miss(&core, round % 4);
            now(reload::<Plain<u64>, _, _>(
                &call,
                &|_: &u64| true,
                async move { round },
            ));
        }
        assert!(
            core.shelf.scopes.len() <= 6,
            "four keys, the place where they part, and the root"
        );
    }

    #[test]
    fn what_came_and_went_leaves_nothing_behind() {
        let core = core();
        for n in 0..30_000 {
            now(load::<Plain<u64>, _, _>(
                &miss(&core, n),
                &|_: &u64| true,
                async move { n },
            ));
        }
        core.run_pending_tasks();
        let entries = core.stats().entries;
        assert_eq!(entries, 10_000);
        assert_eq!(core.shelf.scopes.len() as u64, entries + 2);
        core.clear();
        core.run_pending_tasks();
        assert_eq!((core.stats().entries, core.shelf.scopes.len()), (0, 1));
    }

    #[test]
    fn tags_leave_nothing_behind_when_nothing_has_them_any_more() {
        let clock = crate::ManualClock::default();
        let enabled = Arc::new(AtomicBool::new(true));
        let timer = Timer::Custom(Arc::new(clock.clone()));
        let core = Arc::new(Core::new("rows", timer, Settings::new(), enabled));
        let fill = || {
            for n in 0..200 {
                let mut call = miss(&core, n);
                call.tags = [String::from("all"), format!("one:{n}")]
                    .map(|tag| Key::parse(&tag).unwrap())
                    .into();
                now(load::<Plain<u64>, _, _>(
                    &call,
                    &|_: &u64| true,
                    async move { n },
                ));
            }
        };
        let left = || {
            core.run_pending_tasks();
            (core.stats().entries, core.shelf.tags.len())
        };
        fill();
        assert!(left() > (199, 400));
        clock.advance(Duration::from_hours(1));
        assert_eq!(left(), (0, 1), "their time was up");
        fill();
        core.clear();
        assert_eq!(left(), (0, 1), "their keys were cleared");
        fill();
        let all = Pattern::parse("all").unwrap();
        let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate_tag(&all);
        act(&[Arc::clone(&core)], mark, Vec::new());
        assert_eq!(left(), (0, 1), "another of their tags was invalidated");
    }

    #[test]
    fn two_keys_of_one_digest_take_turns() {
        let core = core();
        let (mut one, mut two) = (miss(&core, 1), miss(&core, 2));
        one.digest = 7;
        two.digest = 7;
        for _ in 0..3 {
            for (call, value) in [(&one, 1), (&two, 2)] {
                let answer = now(load::<Plain<u64>, _, _>(
                    call,
                    &|_: &u64| true,
                    async move { value },
                ));
                assert_eq!(answer, value);
                assert_eq!(core.hit::<Plain<u64>>(7, call.key.as_bytes()), Some(value));
            }
            assert_eq!(core.hit::<Plain<u64>>(7, one.key.as_bytes()), None);
        }
        assert_eq!(core.stats().entries, 1);
    }
}
