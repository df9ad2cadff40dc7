//! Many tasks that use the service at once.

use std::{
    ops::Range,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use cached_runtime::Caches;
use indicatif::ProgressBar;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::task::{JoinSet, consume_budget, yield_now};

use crate::{
    check::Checker,
    conversations::Conversations,
    counts::Counts,
    measure::Tally,
    mix::{Mix, Operation},
    mutation::Mutation,
    quota::Quota,
    read::{Answer, Read},
    store::{DbError, Store},
    topic::Topic,
};

/// One read in so many is compared with the database.
const COMPARED: u32 = 250;

/// The service, and what it is driven with.
pub(crate) struct Driver {
    pub(crate) service: Conversations,
    /// Connections of the checker's own, so that its questions are not counted as the service's.
    pub(crate) auditor: Store,
    pub(crate) checker: Checker,
    pub(crate) mix: Mix,
    pub(crate) trace: Option<Vec<u32>>,
    pub(crate) tasks: u32,
    pub(crate) hang_ups: f64,
    pub(crate) forget_invalidation: bool,
}

/// A part of the run: these operations, or as many of them as can be done in this time.
pub(crate) struct Part {
    pub(crate) operations: Range<u64>,
    pub(crate) time: Option<Duration>,
    pub(crate) through_cache: bool,
}

/// What a part of the run came to.
pub(crate) struct Round {
    pub(crate) tally: Tally,
    pub(crate) counts: Counts,
    pub(crate) elapsed: Duration,
}

impl Round {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            tally: Tally::new()?,
            counts: Counts::default(),
            elapsed: Duration::ZERO,
        })
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        self.counts = self.counts.plus(&other.counts);
        self.elapsed += other.elapsed;
        Ok(())
    }
}

impl Driver {
    /// Runs all tasks until that part is done.
    pub(crate) async fn round(
        self: &Arc<Self>,
        part: Part,
        seed: u64,
        bar: &ProgressBar,
    ) -> Result<Round> {
        let caches = Caches::global();
        caches.set_enabled(part.through_cache);
        let before = Counts::now(caches, self.service.store());
        let start = Instant::now();
        let quota = Arc::new(Quota::new(part.operations, part.time));

        let mut tasks = JoinSet::new();
        for task in 0..self.tasks {
            let (driver, quota) = (Arc::clone(self), Arc::clone(&quota));
            let rng =
                SmallRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9).wrapping_add(task.into()));
            tasks.spawn(async move {
                let outcome = driver.task(&quota, rng).await;
                if outcome.is_err() {
                    quota.stop();
                }
                outcome
            });
        }
        let mut tally = Tally::new()?;
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                done = tasks.join_next() => match done {
                    Some(outcome) => tally.merge(&outcome.context("a task panicked")??)?,
                    None => break,
                },
                _ = tick.tick() => bar.set_position(quota.progress()),
            }
        }
        let elapsed = start.elapsed();
        let counts = Counts::now(caches, self.service.store()).minus(&before);
        caches.set_enabled(true);
        Ok(Round {
            tally,
            counts,
            elapsed,
        })
    }

    async fn task(&self, quota: &Quota, mut rng: SmallRng) -> Result<Tally> {
        let mut tally = Tally::new()?;
        while let Some(number) = quota.take() {
            let operation = match &self.trace {
                None => self.mix.operation(&mut rng),
                Some(trace) => usize::try_from(number)
                    .ok()
                    .and_then(|number| trace.get(number))
                    .and_then(|key| self.mix.recorded(*key, &mut rng)),
            };
            match operation.context("there is nothing to choose from")? {
                Operation::Read(read) => self.read(read, &mut rng, &mut tally).await?,
                Operation::Mutation(mutation) => self.mutate(mutation, &mut tally).await?,
            }
            // A hit never waits: without this a task that only hits would keep its thread for itself.
            consume_budget().await;
        }
        Ok(tally)
    }

    async fn read(&self, read: Read, rng: &mut SmallRng, tally: &mut Tally) -> Result<(), DbError> {
        if rng.random_bool(self.hang_ups) {
            hang_up(read.ask(&self.service)).await?;
            tally.record_untimed(read.topic());
            return Ok(());
        }
        let floor = self.checker.floor(read);
        let start = Instant::now();
        let answer = read.ask(&self.service).await?;
        tally.record(read.topic(), start.elapsed());

        self.checker.judge(floor, &answer);
        if rng.random_ratio(1, COMPARED) {
            let database = read.ask_database(&self.auditor).await?;
            self.checker.compare(read, &answer, &database, false);
        }
        Ok(())
    }

    async fn mutate(&self, mutation: Mutation, tally: &mut Tally) -> Result<(), DbError> {
        let start = Instant::now();
        let outcome = if self.forget_invalidation {
            mutation.perform_and_forget(&self.service).await?
        } else {
            mutation.perform(&self.service).await?
        };
        tally.record(Topic::Mutators, start.elapsed());

        self.checker.returned(&outcome.versions);
        if let Some(change) = &outcome.started {
            self.mix.started(change);
        }
        Ok(())
    }

    /// Asks again, with no mutator running, about what changed, and compares each answer with the database.
    pub(crate) async fn recheck(self: &Arc<Self>, at_most: usize) -> Result<()> {
        let mut reads: Vec<Read> = self
            .checker
            .changed()
            .into_iter()
            .flat_map(Read::about)
            .collect();
        reads.truncate(at_most);
        let share = reads.len().div_ceil(self.tasks as usize).max(1);
        let mut tasks = JoinSet::new();
        for reads in reads.chunks(share).map(<[Read]>::to_vec) {
            let driver = Arc::clone(self);
            tasks.spawn(async move {
                for read in reads {
                    let floor = driver.checker.floor(read);
                    let answer = read.ask(&driver.service).await?;
                    driver.checker.judge(floor, &answer);
                    let database = read.ask_database(&driver.auditor).await?;
                    driver.checker.compare(read, &answer, &database, true);
                }
                Ok::<_, DbError>(())
            });
        }
        while let Some(outcome) = tasks.join_next().await {
            outcome.context("a task panicked")??;
        }
        Ok(())
    }
}

/// Starts a call and walks away from it unless it is answered at once.
async fn hang_up(call: impl Future<Output = Result<Answer, DbError>>) -> Result<(), DbError> {
    let call = pin!(call);
    tokio::select! {
        biased;
        answer = call => answer.map(|_| ()),
        () = yield_now() => Ok(()),
    }
}
