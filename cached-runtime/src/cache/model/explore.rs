//! The search through the schedules of a model.

use std::{
    env,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use shuttle::{
    Config, Runner,
    scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler},
};

/// Any number will do, as long as a failure is found again by the next run.
const SEED: u64 = 20_260_101;

/// Schedules with so many changes of threads at chosen moments; the more, the less likely each of them is.
const DEPTHS: [usize; 3] = [2, 3, 5];

/// Counts the schedules of one model, and at the end tells of them, whether the model holds or not.
struct Search {
    model: &'static str,
    schedules: Arc<AtomicUsize>,
    begun: Instant,
}

impl Drop for Search {
    fn drop(&mut self) {
        let schedules = self.schedules.load(Ordering::Relaxed);
        let outcome = if thread::panicking() {
            "FAILS in the last of"
        } else {
            "holds in"
        };
        // Not through the macros, whose output the test harness keeps to itself.
        let _ = writeln!(
            io::stderr(),
            "\rmodel {:<60} {outcome} {schedules} schedules, {:.1} s",
            self.model,
            self.begun.elapsed().as_secs_f32()
        );
    }
}

/// Runs `model` under about so many schedules, or `CACHED_MODEL_EFFORT` times as many. A third of them are random, in the
/// others threads change at a few moments only. The checker prints a schedule in which an assertion fails, or in which
/// nobody can go on.
pub(super) fn explore(
    name: &'static str,
    schedules: usize,
    model: impl Fn() + Send + Sync + 'static,
) {
    let schedules = schedules * effort();
    let each = schedules * 2 / 3 / DEPTHS.len();
    let search = Search::new(name);
    let model = Arc::new(model);
    for depth in DEPTHS {
        search.run(PctScheduler::new_from_seed(SEED, depth, each), &model);
    }
    search.run(RandomScheduler::new_from_seed(SEED, schedules / 3), &model);
}

/// Runs `model` under every schedule there is.
pub(super) fn explore_all(name: &'static str, model: impl Fn() + Send + Sync + 'static) {
    Search::new(name).run(DfsScheduler::new(None, false), &Arc::new(model));
}

impl Search {
    fn new(model: &'static str) -> Self {
        Self {
            model,
            schedules: Arc::default(),
            begun: Instant::now(),
        }
    }

    fn run<F: Fn() + Send + Sync + 'static>(
        &self,
        scheduler: impl Scheduler + 'static,
        model: &Arc<F>,
    ) {
        let mut config = Config::new();
        config.stack_size = 0x4_0000;
        config.silence_warnings = true;
        let (count, model) = (Arc::clone(&self.schedules), Arc::clone(model));
        Runner::new(scheduler, config).run(move || {
            count.fetch_add(1, Ordering::Relaxed);
            model();
        });
    }
}

fn effort() -> usize {
    env::var("CACHED_MODEL_EFFORT")
        .ok()
        .and_then(|effort| effort.parse().ok())
        .unwrap_or(1)
}
