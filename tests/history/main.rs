//! Random histories: many tasks on many keys, each operation recorded with its start and its end, and property F decided on
//! what came out.
//!
//! On one thread a seed chooses every operation and who goes on next, so that `CACHED_SEED=… cargo test -p cached-tests
//! --test history` repeats a history; where room is short, the eviction policy, which has dice of its own, may decide
//! differently. On many threads the same workload runs in parallel.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod dice;
mod executor;
mod limit;
mod operations;
mod service;
mod world;

use std::{
    env,
    io::{Write, stdout},
    sync::Arc,
};

use cached_runtime::Settings;
use cached_tests::History;

use crate::{dice::Dice, executor::Executor, operations::Task, service::Service, world::World};

const SEEDS: u64 = 400;
const TASKS: u64 = 8;

/// A service, whose caches are short of room for every third seed.
fn service(seed: u64) -> Service {
    let settings = if seed.is_multiple_of(3) {
        Settings::new().capacity(1 + seed % 5)
    } else {
        Settings::new()
    };
    Service::new(World::new(seed), settings)
}

fn deterministic(seed: u64) -> History {
    let service = service(seed);
    let mut executor = Executor::new(Dice::new(seed));
    let histories = (0..TASKS).map(|name| {
        let task = Task::new(name, seed, &service);
        executor.spawn(task.run(60))
    });
    let histories: Vec<_> = histories.collect();
    executor.run();
    let mut history = service.world.history();
    for part in histories {
        merge(&mut history, part.take().unwrap());
    }
    merge(&mut history, executor::now(Task::last(seed, &service)));
    history
}

fn merge(history: &mut History, part: History) {
    history.changes.extend(part.changes);
    history.invalidations.extend(part.invalidations);
    history.insertions.extend(part.insertions);
    history.reads.extend(part.reads);
}

fn len(history: &History) -> usize {
    history.changes.len() + history.invalidations.len() + history.reads.len()
}

/// Past the test harness, which keeps what `println!` prints to itself.
fn print(what: &str, histories: u64, operations: usize) {
    let line = format!("{histories:>7} histories of {operations} operations {what}\n");
    stdout().write_all(line.as_bytes()).unwrap();
}

#[test]
fn on_one_thread() {
    let seeds = match env::var("CACHED_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().unwrap();
            seed..seed + 1
        }
        Err(_) => 0..SEEDS,
    };
    let mut operations = 0;
    for seed in seeds.clone() {
        let history = deterministic(seed);
        operations += len(&history);
        if let Err(broken) = history.check() {
            panic!("CACHED_SEED={seed}: {broken}");
        }
    }
    print("on one thread", seeds.end - seeds.start, operations);
}

#[test]
fn a_seed_repeats_its_history() {
    let [first, second] = [1, 1].map(|seed| format!("{:?}", deterministic(seed)));
    assert_eq!(first, second);
    assert_ne!(first, format!("{:?}", deterministic(2)));
}

#[test]
fn on_many_threads() {
    let (rounds, mut operations) = (24, 0);
    for seed in 0..rounds {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .build()
            .unwrap();
        let service = Arc::new(service(seed));
        let history = runtime.block_on(async {
            let tasks: Vec<_> = (0..TASKS)
                .map(|name| tokio::spawn(Task::new(name, seed, &service).run(600)))
                .collect();
            let mut parts = Vec::new();
            for task in tasks {
                parts.push(task.await.unwrap());
            }
            parts.push(Task::last(seed, &service).await);
            let mut history = service.world.history();
            for part in parts {
                merge(&mut history, part);
            }
            history
        });
        operations += len(&history);
        if let Err(broken) = history.check() {
            panic!("{broken}");
        }
    }
    print("on many threads", rounds, operations);
}
