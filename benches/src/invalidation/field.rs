//! The contestants with all their rows, and an invalidation of some.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{
    contestants::{self, Invalidating},
    rows::{Group, How, Row, Rows, Shared, Value},
};

/// After this long nobody waits for memory any more.
const ENOUGH: Duration = Duration::from_secs(5);
/// How long those who tidy up behind are left alone before they are asked to.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Contestant {
    pub(super) cache: Box<dyn Invalidating>,
    /// What the rows of each group have as their value, and the ordinary ones as the last.
    values: Vec<Value>,
}

#[derive(Clone, Copy)]
pub(super) struct Took {
    pub(super) returned: Duration,
    /// Since the beginning. Those who give none back in time, never.
    pub(super) given_back: Option<Duration>,
}

pub(super) fn filled(rows: &Rows) -> Result<Vec<Contestant>> {
    let caches = contestants::all(rows.entries)?;
    Ok(caches
        .into_iter()
        .map(|cache| Contestant::filled(cache, rows))
        .collect())
}

impl Contestant {
    fn filled(cache: Box<dyn Invalidating>, rows: &Rows) -> Self {
        let value = |tag| Arc::new(Shared { tag });
        let tags = rows.groups.iter().map(|group| match group.how {
            How::Tag(tag) => tag,
            _ => 0,
        });
        let this = Self {
            values: tags.chain([0]).map(value).collect(),
            cache,
        };
        this.refill(rows);
        this
    }

    pub(super) fn refill(&self, rows: &Rows) {
        if let Some(value) = self.values.last() {
            for row in rows.ordinary() {
                self.cache.insert(row, value);
            }
        }
        for (group, value) in rows.groups.iter().zip(&self.values) {
            self.restore(&group.rows, value);
        }
        self.cache.tidy_up();
    }

    fn restore(&self, rows: &[Row], value: &Value) {
        rows.iter().for_each(|row| self.cache.insert(*row, value));
    }

    /// Invalidates a group. Its rows are gone and an ordinary one is not, or it is no measurement.
    pub(super) fn invalidate(&self, rows: &Rows, at: usize, unasked: bool) -> Option<Took> {
        let (group, value) = (rows.groups.get(at)?, self.values.get(at)?);
        self.assert_all(group, true);
        let took = self.timed(group.how, &[(value, group.rows.len())], unasked);
        self.assert_all(group, false);
        let bystander = rows.ordinary().next()?;
        assert!(self.cache.hits(bystander), "{} is gone", self.cache.name());
        Some(took)
    }

    pub(super) fn restore_group(&self, rows: &Rows, at: usize) {
        if let (Some(group), Some(value)) = (rows.groups.get(at), self.values.get(at)) {
            self.restore(&group.rows, value);
            self.cache.tidy_up();
        }
    }

    pub(super) fn restore_ordinary(&self, rows: &[Row]) {
        if let Some(value) = self.values.last() {
            self.restore(rows, value);
            self.cache.tidy_up();
        }
    }

    /// Invalidates everything, and puts nothing back.
    pub(super) fn clear(&self, rows: &Rows, unasked: bool) -> Took {
        let counts = rows.groups.iter().map(|group| group.rows.len());
        let counts = counts.chain([rows.ordinary().count()]);
        let values: Vec<(&Value, usize)> = self.values.iter().zip(counts).collect();
        let took = self.timed(How::All, &values, unasked);
        for group in &rows.groups {
            self.assert_all(group, false);
        }
        took
    }

    fn timed(&self, how: How, values: &[(&Value, usize)], unasked: bool) -> Took {
        let begun = Instant::now();
        self.cache.invalidate(how);
        let returned = begun.elapsed();
        let given_back = self.given_back(values, begun, unasked);
        Took {
            returned,
            given_back,
        }
    }

    /// When the cache holds less than a tenth of the entries that had these values. The last few wait with many a
    /// concurrent map until there is more to free.
    fn given_back(
        &self,
        values: &[(&Value, usize)],
        begun: Instant,
        unasked: bool,
    ) -> Option<Duration> {
        let held = |(value, entries): &(&Value, usize)| Arc::strong_count(value) - 1 > entries / 10;
        while begun.elapsed() < ENOUGH {
            if !values.iter().any(held) {
                return Some(begun.elapsed());
            }
            if unasked && self.cache.tidies_up_behind() && begun.elapsed() < PATIENCE {
                thread::sleep(Duration::from_micros(100));
            } else {
                self.cache.tidy_up();
            }
        }
        None
    }

    /// That the first, the last and some between are there, or are not.
    fn assert_all(&self, group: &Group, there: bool) {
        let step = (group.rows.len() / 10).max(1);
        let some = group.rows.iter().step_by(step).chain(group.rows.last());
        for row in some {
            let name = self.cache.name();
            assert_eq!(
                self.cache.hits(*row),
                there,
                "{name}: {row:?} of {:?}",
                group.how
            );
        }
    }
}
