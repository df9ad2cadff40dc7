//! Invalidations, and the acts that several of them are.

use std::{iter::zip, sync::Arc};

use cached_key::{Key, Pattern};

use super::{
    core::Core,
    scope::Frozen,
    update::{Commit, Update},
};

impl Core {
    pub(crate) fn invalidate_key(self: &Arc<Self>, key: &Key) {
        self.invalidate_name(key.as_bytes());
    }

    /// The same for the bytes of a key.
    pub(super) fn invalidate_name(self: &Arc<Self>, key: &[u8]) {
        self.freeze().invalidate_key(key);
        self.invalidated();
    }

    /// Lets what a pattern matches be past its time: kept for loads that fail, and for nothing else.
    pub(crate) fn expire(&self, pattern: &Pattern) {
        self.freeze().expire(pattern, || self.next_id());
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
    let commits = defended!(OneAct, set_marks(cores, &mark, &updates), else {
        for core in cores {
            set_marks(std::slice::from_ref(core), &mark, &[]);
            crate::defence::gap();
        }
        updates.iter().map(|_| None).collect()
    });
    // The new values come before the memory of the old ones is given back.
    for (update, commit) in zip(updates, commits) {
        update.carry_out(commit);
    }
    for core in cores {
        core.invalidated();
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
    let commits = zip(updates, due).map(reserve).collect();
    defended!(PublishTogether, frozen.iter_mut().for_each(Frozen::publish), else while !frozen.is_empty() {
        drop(frozen.remove(0));
        crate::defence::gap();
    });
    commits
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
        cache::testing::{load, *},
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
            let load = || load(miss(&rows, 1), async move { value });
            found.unwrap_or_else(|| now(load()))
        };
        assert_eq!(load_row(1), 1);
        let cores = [Arc::clone(&rows), Arc::clone(&sums)];
        let pattern = Pattern::parse("rows:user:1:status:open").unwrap();
        let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate(&pattern);
        set_marks(&cores, &mark, &[]);
        let sum = async { load_row(2) };
        now(load(miss(&sums, 1), sum));
        cores.iter().for_each(Core::invalidated);
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
        let mark = |_: &Core, scopes: &mut Frozen<'_>| scopes.invalidate(&pattern);
        set_marks(&cores, &mark, &[]);
        assert_eq!(count(), 1);
        core.invalidated();
        assert_eq!(count(), 2);
    }
}
