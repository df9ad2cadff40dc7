//! All contestants with the same entries, and their turns.

use std::{
    cell::Cell,
    hint,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use tokio::runtime::Runtime;

use super::calls::{CALLS, Calls, Distribution, Keys};
use crate::{
    contestants::{self, Case, Contestant, Entries},
    rounds::{Series, play},
    workload::{Call, loads},
};

/// The part of a window that each thread runs through before the clock starts, to have its code near; it is one of another
/// slice.
const WARM_UP: usize = CALLS / 2;

/// How many threads read in each slice of a turn: one, two, and as many as the machine runs at once, if it runs more.
pub(super) const SLICES: usize = 3;

pub(super) fn threads(slice: usize) -> Option<u32> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    match slice {
        0 => Some(1),
        1 => Some(2),
        _ => u32::try_from(cores).ok().filter(|cores| *cores > 2),
    }
}

pub(super) struct Field<'a, C: Case> {
    contestants: Vec<Box<dyn Contestant<C>>>,
    keys: u32,
    runtime: &'a Runtime,
    rounds: usize,
}

/// A contestant's name and its nanoseconds a call.
pub(super) type Measured<const N: usize> = Vec<(&'static str, [Series; N])>;

impl<'a, C: Case> Field<'a, C> {
    pub(super) fn new(keys: u32, rounds: usize, runtime: &'a Runtime) -> Self {
        let entries = Entries::new(keys);
        Self {
            contestants: contestants::all(&entries, runtime),
            keys: entries.len(),
            runtime,
            rounds,
        }
    }

    /// By one thread.
    pub(super) fn alone(&self, distribution: Distribution) -> Measured<1> {
        let calls = self.calls(distribution, 1);
        self.play(|contestant, turn| [self.slice(contestant, &calls, turn)])
    }

    /// By one thread, by two, and by as many as there are, all in the same rounds.
    pub(super) fn together(&self, distribution: Distribution) -> Measured<SLICES> {
        let calls: [Option<Vec<Calls>>; SLICES] = std::array::from_fn(|slice| {
            threads(slice).map(|threads| self.calls(distribution, threads))
        });
        self.play(|contestant, turn| {
            std::array::from_fn(|slice| match calls.get(slice) {
                Some(Some(calls)) => self.slice(contestant, calls, SLICES * turn + slice),
                _ => f64::NAN,
            })
        })
    }

    /// By one thread that has the keys rendered, if the contestant can be given any.
    pub(super) fn by_keys(&self, distribution: Distribution) -> Measured<1> {
        let calls = Calls::new(distribution, self.keys, 1, 0);
        let keys = calls.keys::<C>();
        self.play(|contestant, turn| [self.slice_by_keys(contestant, &calls, &keys, turn)])
    }

    fn calls(&self, distribution: Distribution, threads: u32) -> Vec<Calls> {
        (0..threads)
            .map(|thread| Calls::new(distribution, self.keys, threads, thread))
            .collect()
    }

    fn play<const N: usize>(
        &self,
        turn: impl Fn(&dyn Contestant<C>, usize) -> [f64; N],
    ) -> Measured<N> {
        let turns = Cell::new(0);
        let series = play(&self.contestants, self.rounds, |contestant| {
            let round = turns.replace(turns.get() + 1) / self.contestants.len();
            turn(contestant, round)
        });
        let names = self.contestants.iter().map(|contestant| contestant.name());
        names.zip(series).collect()
    }

    /// As many threads as there are lists of calls. Returns the nanoseconds a call, in the mean of the threads.
    fn slice(&self, contestant: &dyn Contestant<C>, calls: &[Calls], turn: usize) -> f64 {
        let start = Start::of(calls.len());
        let one = |calls: &Calls| {
            self.timed(calls, turn, contestant, &start, || {
                contestant.run(calls.window(turn))
            })
        };
        let before = loads();
        let nanos: Vec<f64> = thread::scope(|scope| {
            let threads: Vec<_> = calls
                .iter()
                .map(|calls| scope.spawn(move || one(calls)))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        let name = contestant.name();
        assert_eq!(nanos.len(), calls.len(), "{name}: a thread panicked");
        assert_eq!(loads(), before, "{name}: a hit ran the load");
        nanos.iter().sum::<f64>() / count(nanos.len())
    }

    /// Not a number for those that render their own.
    fn slice_by_keys(
        &self,
        contestant: &dyn Contestant<C>,
        calls: &Calls,
        keys: &Keys,
        turn: usize,
    ) -> f64 {
        let start = Start::of(1);
        if contestant.run_by_keys(&[]).is_some() {
            self.timed(calls, turn, contestant, &start, || {
                contestant
                    .run_by_keys(keys.window(turn))
                    .unwrap_or_default()
            })
        } else {
            f64::NAN
        }
    }

    fn timed(
        &self,
        calls: &Calls,
        turn: usize,
        contestant: &dyn Contestant<C>,
        start: &Start,
        run: impl Fn() -> usize,
    ) -> f64 {
        let _inside = self.runtime.enter();
        let other: &[Call] = calls.window(turn + SLICES + 1);
        contestant.run(other.get(..WARM_UP).unwrap_or(other));
        // Lest the scheduler's patience ends in the middle.
        thread::yield_now();
        start.wait();
        let begun = Instant::now();
        let answered = run();
        let nanos = begun.elapsed().as_nanos();
        assert_eq!(answered, CALLS, "{}: an answer was lost", contestant.name());
        count(usize::try_from(nanos).unwrap_or(usize::MAX)) / count(CALLS)
    }
}

/// Where threads wait for each other. Awake: one that slept would begin when another is half through.
struct Start(AtomicUsize);

impl Start {
    fn of(threads: usize) -> Self {
        Self(AtomicUsize::new(threads))
    }

    fn wait(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
        let mut patience = 10_000;
        while self.0.load(Ordering::Acquire) > 0 {
            if patience > 0 {
                patience -= 1;
                hint::spin_loop();
            } else {
                // There may be more threads than processors.
                thread::yield_now();
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}
