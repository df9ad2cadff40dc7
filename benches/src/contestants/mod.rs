//! Those who are measured, each set up in its best way to read.

mod annotated;
mod by_key;
mod cases;
mod fenced;
mod part;

use std::{marker::PhantomData, time::Duration};

use ::tokio::runtime::Runtime;

use crate::workload::{Call, loads};

pub(crate) use self::cases::{
    Case, FourParts, Integer, IntegerAndString, LongStrings, NoParts, ShortStrings, SmallCopy,
    Text, UserAndStatus, Uuids,
};

/// The lifetime that those get who have one.
pub(crate) const TTL: Duration = Duration::from_mins(30);

/// The one all are compared with.
pub(crate) const BASE: &str = by_key::BASE;
/// What two threads can gain at best is seen in a map that shares nothing on a read.
pub(crate) const LOCK_FREE: &str = by_key::LOCK_FREE;
pub(crate) const OURS: &str = annotated::OURS;

/// One of them, behind a pointer that is followed once a slice.
pub(crate) trait Contestant<C: Case>: Sync {
    fn name(&self) -> &'static str;

    /// Makes the calls and returns how many were answered.
    fn run(&self, calls: &[Call]) -> usize;

    /// The same with keys that somebody else has rendered, if that is a thing it can be given.
    fn run_by_keys(&self, _keys: &[String]) -> Option<usize> {
        None
    }

    fn answer(&self, call: Call) -> Option<C::Value>;

    /// Sees to it that each key is there and has its own value.
    fn check(&self, entries: &Entries<C>) {
        let before = loads();
        for call in entries.calls() {
            let answer = self.answer(call);
            let right = answer.is_some_and(|value| C::belongs(&value, call));
            assert!(right, "{}: {call:?} has a wrong answer", self.name());
        }
        assert_eq!(loads(), before, "{}: a hit ran the load", self.name());
    }
}

/// What all contestants hold. Each has values of its own, and each value is made when it is stored, as a load would make it.
pub(crate) struct Entries<C> {
    len: u32,
    case: PhantomData<C>,
}

impl<C: Case> Entries<C> {
    /// `count`, if the case has so many keys.
    pub(crate) fn new(count: u32) -> Self {
        Self {
            len: count.min(C::KEYS),
            case: PhantomData,
        }
    }

    pub(crate) const fn len(&self) -> u32 {
        self.len
    }

    fn room(&self) -> usize {
        // Some have shards, which fill unevenly, and evict from each on its own.
        2 * self.calls().len().max(32)
    }

    fn calls(&self) -> impl ExactSizeIterator<Item = Call> {
        (0..self.len).map(Call)
    }

    fn loads(&self) -> impl Iterator<Item = (Call, C::Value)> {
        self.calls().map(|call| (call, C::value(call)))
    }

    fn by_key(&self) -> impl Iterator<Item = (String, C::Value)> {
        self.loads().map(|(call, value)| (C::key(call), value))
    }
}

/// All of them, filled with all of `entries`, and found to answer rightly.
pub(crate) fn all<C: Case>(entries: &Entries<C>, runtime: &Runtime) -> Vec<Box<dyn Contestant<C>>> {
    let mut contestants = C::annotated(entries);
    contestants.extend(by_key::all(entries, runtime));
    for contestant in &contestants {
        contestant.check(entries);
    }
    contestants
}
