//! Is every answer as new as the last change that had returned before the question was asked?

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use papaya::HashMap;

use crate::{
    model::{Entity, Versions},
    read::{Answer, Read},
};

/// Faults that are kept word for word; the others are only counted.
const EXAMPLES: usize = 5;

/// Knows what every answer must at least show, and judges answers by it.
#[derive(Default)]
pub(crate) struct Checker {
    /// The highest version of each entity whose mutator has returned.
    floors: HashMap<Entity, AtomicI64>,
    answers: AtomicU64,
    compared: AtomicU64,
    overtaken: AtomicU64,
    faults: AtomicU64,
    examples: Mutex<Vec<Fault>>,
}

/// What an answer must show. Taken before the question is asked.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Floor {
    read: Read,
    version: i64,
}

/// An answer that should not have been given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Older than a change that had returned before the question was asked.
    Stale { read: Read, shows: i64, floor: i64 },
    /// The answer to another question.
    Misdirected { read: Read },
    /// Newer than the database, or different from it at the same version.
    Different {
        read: Read,
        shows: i64,
        database: Option<i64>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { read, shows, floor } => write!(
                f,
                "stale: {read:?} showed version {shows}; a change to version {floor} had returned before the call began"
            ),
            Self::Misdirected { read } => write!(
                f,
                "misdirected: {read:?} was given the answer to another question"
            ),
            Self::Different {
                read,
                shows,
                database: Some(database),
            } => write!(
                f,
                "different: {read:?} showed version {shows}, which is not what the database held at version {database}"
            ),
            Self::Different {
                read,
                database: None,
                ..
            } => {
                write!(
                    f,
                    "different: the database answered {read:?} with something else altogether"
                )
            }
        }
    }
}

/// What the checker saw in all.
pub(crate) struct Verdict {
    pub(crate) answers: u64,
    /// Answers that were compared with the database, row by row.
    pub(crate) compared: u64,
    /// Comparisons without a result: the row changed between answer and comparison.
    pub(crate) overtaken: u64,
    pub(crate) faults: u64,
    pub(crate) examples: Vec<Fault>,
}

impl Checker {
    /// Call when a mutator has returned.
    pub(crate) fn returned(&self, versions: &Versions) {
        let floors = self.floors.pin();
        for (entity, version) in versions {
            floors
                .get_or_insert_with(*entity, AtomicI64::default)
                .fetch_max(*version, Ordering::SeqCst);
        }
    }

    /// Call before the question is asked.
    pub(crate) fn floor(&self, read: Read) -> Floor {
        let version = self
            .floors
            .pin()
            .get(&read.entity())
            .map_or(0, |version| version.load(Ordering::SeqCst));
        Floor { read, version }
    }

    /// Call with the answer. Returns whether it was a right one.
    pub(crate) fn judge(&self, floor: Floor, answer: &Answer) -> bool {
        self.answers.fetch_add(1, Ordering::Relaxed);
        let Floor { read, version } = floor;
        match read.version(answer) {
            Some(shows) if shows >= version => true,
            Some(shows) => self.fault(Fault::Stale {
                read,
                shows,
                floor: version,
            }),
            None => self.fault(Fault::Misdirected { read }),
        }
    }

    /// Compares an answer with what the database said *later*. In quiet times nothing may have changed in between.
    pub(crate) fn compare(
        &self,
        read: Read,
        answer: &Answer,
        database: &Answer,
        quiet: bool,
    ) -> bool {
        let shows = read.version(answer).unwrap_or_default();
        let later = read.version(database);
        if !quiet && later.is_some_and(|later| shows < later) {
            self.overtaken.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        self.compared.fetch_add(1, Ordering::Relaxed);
        answer == database
            || self.fault(Fault::Different {
                read,
                shows,
                database: later,
            })
    }

    /// Everything that changed so far.
    pub(crate) fn changed(&self) -> Vec<Entity> {
        self.floors.pin().keys().copied().collect()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        Verdict {
            answers: self.answers.load(Ordering::Relaxed),
            compared: self.compared.load(Ordering::Relaxed),
            overtaken: self.overtaken.load(Ordering::Relaxed),
            faults: self.faults.load(Ordering::Relaxed),
            examples: self
                .examples
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    fn fault(&self, fault: Fault) -> bool {
        self.faults.fetch_add(1, Ordering::Relaxed);
        let mut examples = self.examples.lock().unwrap_or_else(PoisonError::into_inner);
        if examples.len() < EXAMPLES {
            examples.push(fault);
        }
        false
    }
}

#[cfg(test)]
mod tests;
