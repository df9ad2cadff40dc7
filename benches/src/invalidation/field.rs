//! The contestants with all their rows, and an invalidation of some.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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
    /// Rows asked for after they were invalidated, and those of them that were still there.
    asked: AtomicU64,
    left: AtomicU64,
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
            asked: AtomicU64::new(0),
            left: AtomicU64::new(0),
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
        for row in rows {
            self.cache.insert(*row, value);
        }
    }

    /// How many rows were asked for after they were invalidated, and how many of those were still there.
    pub(super) fn left(&self) -> (u64, u64) {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (count(&self.asked), count(&self.left))
    }

    /// Invalidates a group, whose rows are there before and are looked for afterwards.
    pub(super) fn invalidate(&self, rows: &Rows, at: usize, unasked: bool) -> Option<Took> {
        let (group, value) = (rows.groups.get(at)?, self.values.get(at)?);
        let (asked, there) = self.look(group);
        assert_eq!(asked, there, "{}: {:?}", self.cache.name(), group.how);
        let took = self.timed(group.how, &[(value, group.rows.len())], unasked);
        self.look_for_the_rest(group);
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
            self.look_for_the_rest(group);
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

    fn look_for_the_rest(&self, group: &Group) {
        let (asked, there) = self.look(group);
        self.asked.fetch_add(asked, Ordering::Relaxed);
        self.left.fetch_add(there, Ordering::Relaxed);
    }

    /// How many of the first, the last and some between were asked for, and are there.
    fn look(&self, group: &Group) -> (u64, u64) {
        let step = (group.rows.len() / 10).max(1);
        let some = group.rows.iter().step_by(step).chain(group.rows.last());
        some.fold((0, 0), |(asked, there), row| {
            (asked + 1, there + u64::from(self.cache.hits(*row)))
        })
    }
}
