//! The source: rows with versions, and the clock by which everything is recorded.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use cached_tests::{Change, History, Span};

use crate::{dice::Dice, limit::pause};

pub(crate) const GROUPS: u64 = 3;
pub(crate) const ROWS: u64 = 3;

/// A row of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) group: u64,
    pub(crate) row: u64,
}

impl Place {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..GROUPS).flat_map(|group| (0..ROWS).map(move |row| Self { group, row }))
    }

    pub(crate) fn key(self) -> String {
        format!("rows:group:{}:row:{}", self.group, self.row)
    }

    fn index(self) -> usize {
        usize::try_from(self.group * ROWS + self.row).unwrap()
    }
}

pub(crate) struct World {
    pub(crate) dice: Dice,
    clock: AtomicU64,
    versions: Vec<AtomicU64>,
    changes: Mutex<Vec<Change>>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(!seed),
            clock: AtomicU64::new(1),
            versions: Place::all().map(|_| AtomicU64::new(0)).collect(),
            changes: Mutex::default(),
        }
    }

    /// The next instant.
    pub(crate) fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) async fn delay(&self) {
        for _ in 0..self.dice.below(4) {
            pause().await;
        }
    }

    pub(crate) fn version(&self, place: Place) -> u64 {
        self.versions[place.index()].load(Ordering::SeqCst)
    }

    pub(crate) fn change(&self, place: Place) -> u64 {
        let start = self.tick();
        let version = self.versions[place.index()].fetch_add(1, Ordering::SeqCst) + 1;
        let end = self.tick();
        self.changes.lock().unwrap().push(Change {
            row: place.key(),
            version,
            span: Span { start, end },
        });
        version
    }

    /// The changes up to now.
    pub(crate) fn history(&self) -> History {
        History {
            changes: self.changes.lock().unwrap().clone(),
            ..History::default()
        }
    }
}
