//! What a reader of other rows notices meanwhile.

use std::{
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use hdrhistogram::Histogram;

use super::{
    field::{Contestant, Took},
    rows::{How, Row, Rows, STATUSES, Shared, Value},
};

/// The users whose rows the reader goes round.
const READ: u32 = 100;
/// How long short things are done again and again.
const WHILE: Duration = Duration::from_millis(300);

/// What happens while the reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meanwhile {
    Nothing,
    /// Prefixes of users with ten rows, one after the other.
    Users,
    /// The group at this place.
    Group(usize),
    All,
}

/// Nanoseconds of the hits, and when the memory was given back.
pub(super) struct Noticed {
    pub(super) hits: Histogram<u64>,
    pub(super) given_back: Option<Duration>,
}

const NOT_YET: u8 = 0;
const MEASURE: u8 = 1;
const OVER: u8 = 2;

pub(super) fn read(contestant: &Contestant, rows: &Rows, meanwhile: Meanwhile) -> Result<Noticed> {
    let phase = AtomicU8::new(NOT_YET);
    let running = AtomicBool::new(false);
    let (hits, (took, gone)) = thread::scope(|scope| {
        let reader = scope.spawn(|| go_round(contestant, &phase, &running));
        let over = Over(&phase);
        while !running.load(Ordering::Relaxed) && !reader.is_finished() {
            thread::yield_now();
        }
        phase.store(MEASURE, Ordering::Relaxed);
        let done = act(contestant, rows, meanwhile);
        drop(over);
        (reader.join(), done)
    });
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Users => contestant.restore_ordinary(&gone),
        Meanwhile::Group(at) => contestant.restore_group(rows, at),
        Meanwhile::All => contestant.refill(rows),
    }
    Ok(Noticed {
        hits: hits.map_err(|_| anyhow!("the reader panicked"))??,
        given_back: took.and_then(|took| took.given_back),
    })
}

/// Ends the reading, also where a panic ends the measurement.
struct Over<'a>(&'a AtomicU8);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(OVER, Ordering::Relaxed);
    }
}

/// Returns the ordinary rows that are gone, too.
fn act(contestant: &Contestant, rows: &Rows, meanwhile: Meanwhile) -> (Option<Took>, Vec<Row>) {
    match meanwhile {
        Meanwhile::Nothing => {
            thread::sleep(WHILE);
            (None, Vec::new())
        }
        Meanwhile::Users => (None, invalidate_users(contestant, rows)),
        Meanwhile::Group(at) => (contestant.invalidate(rows, at, true), Vec::new()),
        Meanwhile::All => (Some(contestant.clear(rows, true)), Vec::new()),
    }
}

fn invalidate_users(contestant: &Contestant, rows: &Rows) -> Vec<Row> {
    let begun = Instant::now();
    let all: Vec<Row> = rows.ordinary().collect();
    let mut gone = Vec::new();
    for of_a_user in all.chunks_exact(STATUSES as usize).skip(READ as usize) {
        let Some(first) = of_a_user.first() else {
            break;
        };
        contestant
            .cache
            .invalidate(How::Prefix { user: first.user });
        gone.extend_from_slice(of_a_user);
        if begun.elapsed() > WHILE {
            break;
        }
    }
    contestant.cache.tidy_up();
    gone
}

/// Reads until it is over, and puts back what is not there. Takes the time of the hits while it is measured.
fn go_round(
    contestant: &Contestant,
    phase: &AtomicU8,
    running: &AtomicBool,
) -> Result<Histogram<u64>> {
    let mut hits = Histogram::new_with_bounds(1, 10_000_000_000, 3)?;
    // One of its own, lest somebody waits for it to be dropped.
    let value = Value::new(Shared { tag: 0 });
    let mut rounds = 0_u32;
    loop {
        for n in 0..READ * STATUSES {
            let row = Row {
                user: n / STATUSES,
                status: n % STATUSES,
                tag: 0,
            };
            let begun = Instant::now();
            let hit = contestant.cache.hits(row);
            let nanos = begun.elapsed().as_nanos();
            if !hit {
                contestant.cache.insert(row, &value);
                continue;
            }
            match phase.load(Ordering::Relaxed) {
                NOT_YET => {}
                MEASURE => hits.saturating_record(u64::try_from(nanos)?),
                _ => return Ok(hits),
            }
        }
        rounds += 1;
        // Everything is near by then.
        running.store(rounds > 10, Ordering::Relaxed);
        if phase.load(Ordering::Relaxed) == OVER {
            return Ok(hits);
        }
    }
}
