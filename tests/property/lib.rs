//! Property F, as a question to a recorded history.
//!
//! Whoever records takes the instants from one counter, before and after each operation, so that "after" means that one
//! operation had returned before the other began. What overlaps may have happened in any order and breaks no promise.

use std::{collections::HashMap, fmt};

use cached_runtime::Pattern;

/// From just before an operation to just after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// An instant before the operation did anything.
    pub start: u64,
    /// An instant after it did everything.
    pub end: u64,
}

/// A row of the source got a new version. Versions of a row only grow; all rows begin with version 0.
#[derive(Clone, Debug)]
pub struct Change {
    /// The row's key.
    pub row: String,
    /// From now on.
    pub version: u64,
    /// When.
    pub span: Span,
}

/// An act of invalidating.
#[derive(Clone, Debug)]
pub struct Invalidation {
    /// What it meant.
    pub patterns: Vec<Pattern>,
    /// When. It starts after the last change that it is about.
    pub span: Span,
}

impl Invalidation {
    fn means(&self, key: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(key))
    }
}

/// A read that got an answer.
#[derive(Clone, Debug)]
pub struct Read {
    /// The key of the answer.
    pub key: String,
    /// When.
    pub span: Span,
    /// When the load of this answer began. For an answer stored by hand, the start of the [insertion](History::insertions).
    pub began: u64,
    /// The rows that went into the answer, with their versions.
    pub saw: Vec<(String, u64)>,
}

/// All that happened.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In any order, like the others.
    pub changes: Vec<Change>,
    /// What was invalidated.
    pub invalidations: Vec<Invalidation>,
    /// When answers were stored by hand. No two of them and no load begin at the same instant.
    pub insertions: Vec<Span>,
    /// What was read.
    pub reads: Vec<Read>,
}

/// A promise that was broken.
#[derive(Clone, Debug)]
pub enum Violation {
    /// The answer's load had begun before the invalidation, and the read began after it.
    Outdated(Read, Invalidation),
    /// The answer lacks a change of this row that was there before an invalidation of both, which ended before the read.
    Stale(Read, String, Invalidation),
    /// The answer has a version of this row that nobody had written yet.
    Unwritten(Read, String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outdated(read, invalidation) => {
                write!(f, "{read:?} got what was loaded before {invalidation:?}")
            }
            Self::Stale(read, row, invalidation) => write!(
                f,
                "{read:?} lacks a change of `{row}` that was made before {invalidation:?}"
            ),
            Self::Unwritten(read, row) => {
                write!(
                    f,
                    "{read:?} has a version of `{row}` that nobody had written"
                )
            }
        }
    }
}

/// Of the things that had ended at an instant, the one that ranks highest.
struct Timeline<'a, T>(Vec<(u64, u64, &'a T)>);

impl<'a, T> Timeline<'a, T> {
    /// From `(end, rank, thing)` in any order.
    fn new(things: impl Iterator<Item = (u64, u64, &'a T)>) -> Self {
        let mut things: Vec<_> = things.collect();
        things.sort_unstable_by_key(|&(end, ..)| end);
        let mut best: Option<(u64, &T)> = None;
        for (_, rank, thing) in &mut things {
            match best {
                Some((highest, other)) if highest >= *rank => (*rank, *thing) = (highest, other),
                _ => best = Some((*rank, thing)),
            }
        }
        Self(things)
    }

    fn before(&self, instant: u64) -> Option<&'a T> {
        let ended = self.0.partition_point(|&(end, ..)| end < instant);
        self.0.get(ended.checked_sub(1)?).map(|&(.., thing)| thing)
    }
}

impl History {
    /// Whether the history keeps property F, and if not, the first read that shows it.
    ///
    /// An answer must have been stored by hand, or its load have begun, after the last invalidation of its key began, and for each row that went into it
    /// and that the same act invalidated, it must have the changes made before. What was stored by hand after the act is
    /// whatever it is.
    pub fn check(&self) -> Result<(), Box<Violation>> {
        let mut rows: HashMap<&str, (Timeline<'_, Change>, Timeline<'_, Change>)> = HashMap::new();
        let mut acts: HashMap<(&str, &str), Timeline<'_, Invalidation>> = HashMap::new();
        for read in &self.reads {
            let key = &*read.key;
            let of_key = acts
                .entry((key, key))
                .or_insert_with(|| self.acts_on(key, key));
            if let Some(act) = of_key.before(read.span.start)
                && self.last_instant(read) < act.span.start
            {
                let (read, act) = (read.clone(), act.clone());
                return Err(Box::new(Violation::Outdated(read, act)));
            }
            for (row, version) in &read.saw {
                let (begun, done) = rows.entry(row).or_insert_with(|| self.changes_of(row));
                let newest = begun.before(read.span.end).map_or(0, |last| last.version);
                if *version > newest {
                    return Err(Box::new(Violation::Unwritten(read.clone(), row.clone())));
                }
                let of_both = acts
                    .entry((key, row))
                    .or_insert_with(|| self.acts_on(key, row));
                if self.insertion_of(read).is_none()
                    && let Some(act) = of_both.before(read.span.start)
                    && let Some(change) = done.before(act.span.start)
                    && *version < change.version
                {
                    let (read, act) = (read.clone(), act.clone());
                    return Err(Box::new(Violation::Stale(read, row.clone(), act)));
                }
            }
        }
        Ok(())
    }

    /// The last instant at which the answer can have come into being.
    fn last_instant(&self, read: &Read) -> u64 {
        self.insertion_of(read).map_or(read.began, |span| span.end)
    }

    fn insertion_of(&self, read: &Read) -> Option<&Span> {
        self.insertions.iter().find(|span| span.start == read.began)
    }

    /// Ranked by their start: of several that had ended the one that began last asks the most.
    fn acts_on(&self, key: &str, row: &str) -> Timeline<'_, Invalidation> {
        let meant = |act: &&Invalidation| act.means(key) && act.means(row);
        let acts = self.invalidations.iter().filter(meant);
        Timeline::new(acts.map(|act| (act.span.end, act.span.start, act)))
    }

    /// The changes of a row: those that had begun at an instant, and those that had ended.
    fn changes_of(&self, row: &str) -> (Timeline<'_, Change>, Timeline<'_, Change>) {
        let changes = || self.changes.iter().filter(|change| change.row == row);
        (
            Timeline::new(changes().map(|change| (change.span.start, change.version, change))),
            Timeline::new(changes().map(|change| (change.span.end, change.version, change))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    fn change(version: u64, start: u64, end: u64) -> Change {
        Change {
            row: "rows:1".to_owned(),
            version,
            span: span(start, end),
        }
    }

    fn act(patterns: &[&str], start: u64, end: u64) -> Invalidation {
        Invalidation {
            patterns: patterns
                .iter()
                .map(|text| Pattern::parse(text).unwrap())
                .collect(),
            span: span(start, end),
        }
    }

    fn read(key: &str, start: u64, end: u64, began: u64, version: u64) -> Read {
        Read {
            key: key.to_owned(),
            span: span(start, end),
            began,
            saw: vec![("rows:1".to_owned(), version)],
        }
    }

    fn history(change: Change, act: Invalidation, read: Read) -> History {
        History {
            changes: vec![change],
            invalidations: vec![act],
            insertions: Vec::new(),
            reads: vec![read],
        }
    }

    #[test]
    fn a_read_after_the_invalidation_must_be_of_a_later_load() {
        let with = |read| history(change(1, 10, 11), act(&["rows:1"], 12, 13), read).check();
        with(read("rows:1", 14, 20, 15, 1)).unwrap();
        let old = with(read("rows:1", 14, 20, 5, 0)).unwrap_err();
        assert!(matches!(*old, Violation::Outdated(..)), "{old}");
        let refreshed = with(read("rows:1", 14, 20, 5, 1)).unwrap_err();
        assert!(
            matches!(*refreshed, Violation::Outdated(..)),
            "the right version by luck"
        );
    }

    #[test]
    fn a_read_under_way_may_get_the_old_value() {
        let with = |read| history(change(1, 10, 11), act(&["rows:1"], 12, 15), read).check();
        with(read("rows:1", 11, 20, 5, 0)).unwrap();
        with(read("rows:1", 14, 20, 5, 0)).unwrap();
        with(read("rows:1", 16, 20, 5, 0)).unwrap_err();
    }

    #[test]
    fn a_load_that_began_during_the_invalidation_must_have_the_change() {
        let with = |read| history(change(1, 10, 11), act(&["rows:1"], 12, 15), read).check();
        with(read("rows:1", 16, 20, 13, 1)).unwrap();
        let stale = with(read("rows:1", 16, 20, 13, 0)).unwrap_err();
        assert!(matches!(*stale, Violation::Stale(..)), "{stale}");
    }

    #[test]
    fn an_invalidation_asks_nothing_of_other_keys_and_later_changes() {
        let reading = read("rows:1", 30, 31, 5, 0);
        let others = act(&["rows:2", "pairs:*"], 12, 15);
        history(change(1, 10, 11), others, reading).check().unwrap();
        let reading = read("rows:1", 30, 31, 16, 0);
        let before = act(&["rows:1"], 12, 15);
        history(change(1, 17, 18), before, reading).check().unwrap();
    }

    #[test]
    fn an_answer_made_of_rows_must_have_their_changes_if_one_act_meant_both() {
        let reading = || read("pairs:1", 30, 31, 13, 0);
        let both = act(&["rows:*", "pairs:1"], 12, 15);
        let stale = history(change(1, 10, 11), both, reading())
            .check()
            .unwrap_err();
        assert!(matches!(*stale, Violation::Stale(..)), "{stale}");
        let pair = act(&["pairs:1"], 12, 15);
        history(change(1, 10, 11), pair, reading()).check().unwrap();
    }

    #[test]
    fn of_several_invalidations_the_one_that_began_last_counts() {
        let mut history = history(
            change(1, 1, 2),
            act(&["rows:1"], 3, 20),
            read("rows:1", 30, 31, 5, 1),
        );
        history.check().unwrap();
        history.changes.push(change(2, 4, 5));
        history.invalidations.push(act(&["rows:1"], 6, 7));
        history.check().unwrap_err();
        history.reads = vec![read("rows:1", 30, 31, 8, 1)];
        let stale = history.check().unwrap_err();
        assert!(matches!(*stale, Violation::Stale(..)), "{stale}");
        history.reads = vec![read("rows:1", 30, 31, 8, 2)];
        history.check().unwrap();
    }

    #[test]
    fn what_was_stored_by_hand_meanwhile_may_have_come_later() {
        let reading = read("rows:1", 30, 31, 11, 1);
        let mut history = history(change(1, 1, 2), act(&["rows:1"], 12, 15), reading);
        history.insertions.push(span(11, 13));
        history.check().unwrap();
        history.insertions = vec![span(11, 12)];
        history.check().unwrap();
        history.invalidations[0].span = span(13, 15);
        history.check().unwrap_err();
        history.invalidations[0].span = span(12, 15);
        history.changes.push(change(2, 9, 10));
        history.check().unwrap();
        history.insertions.clear();
        history.check().unwrap_err();
    }

    #[test]
    fn nobody_reads_what_was_not_written() {
        let act = act(&["rows:2"], 1, 2);
        let reading = |version| read("rows:1", 5, 9, 6, version);
        history(change(1, 8, 12), act.clone(), reading(1))
            .check()
            .unwrap();
        let unwritten = history(change(1, 10, 12), act, reading(1))
            .check()
            .unwrap_err();
        assert!(matches!(*unwritten, Violation::Unwritten(..)));
    }
}
