//! Invalidations, and the acts that several of them are.

use std::{iter::zip, sync::Arc};

use cached_key::{Key, Pattern};

use super::{
    core::Core,
    scope::{Frozen, Remains},
    update::{Commit, Update},
};
use crate::sync::atomic::Ordering;

impl Core {
    pub(crate) fn invalidate_key(self: &Arc<Self>, key: &Key) {
        // A load that begins after the mark, and fails, must not hand on what lies there for a moment yet.
        let _thorough = Thorough::begin(self);
        self.shelf.scopes.invalidate_key(key.as_str());
        self.invalidated();
    }

    /// Lets what a pattern matches be past its time: kept for loads that fail, and for nothing else.
    pub(crate) fn expire(self: &Arc<Self>, pattern: &Pattern) {
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
pub(super) struct Thorough<'a>(&'a Arc<Core>);

impl<'a> Thorough<'a> {
    pub(super) fn begin(core: &'a Arc<Core>) -> Self {
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
struct Act<'a>(Vec<Thorough<'a>>);

impl<'a> Act<'a> {
    fn begin(
        cores: &'a [Arc<Core>],
        mark: impl Fn(&Core, &mut Frozen<'_>),
        updates: &[Update],
    ) -> (Self, Vec<Option<Commit>>) {
        let act = Self(cores.iter().map(Thorough::begin).collect());
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
    fn finish(&mut self) {
        for thorough in self.0.drain(..) {
            thorough.0.invalidated();
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

#[cfg(test)]
mod tests {
    use std::{
        sync::{Mutex, mpsc},
        thread,
        time::Duration,
    };

    use super::*;
    use crate::{
        cache::{load, testing::*},
        policy,
        shape::Plain,
    };

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

    /// What a load during the act makes of the count, nobody would clear.
    #[test]
    fn a_count_that_an_act_has_marked_begins_anew() {
        let core = core();
        let key = Key::parse("rows:1").unwrap();
        let count = || core.increment(&key, 1, &policy::RATE_LIMIT);
        assert_eq!([count(), count()], [1, 2]);
        let cores = [Arc::clone(&core)];
        let pattern = Pattern::from(&key);
        let (act, _) = Act::begin(&cores, |_, scopes| scopes.invalidate(&pattern), &[]);
        assert_eq!(count(), 1);
        drop(act);
        assert_eq!(count(), 2);
    }
}
