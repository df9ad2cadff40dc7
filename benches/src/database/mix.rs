//! Reads and changes by many tasks at once, and what came of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution as _, Zipf};

use super::{
    repositories::Repository,
    store::{Conversation, Store, USERS},
};
use crate::workload::SEED;

const TASKS: u64 = 16;
/// One call in so many is a change.
const CHANGES: u32 = 20;
const EXPONENT: f64 = 1.0;

/// Whom the changes go to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mix {
    /// Those who are read most are changed most.
    SameAsReads,
    /// Anybody, while some are read much more than others.
    Anybody,
}

pub(super) const ALL: [(&str, Mix); 2] = [
    ("changes go where the reads go", Mix::SameAsReads),
    ("changes go to anybody", Mix::Anybody),
];

/// Of all tasks together.
#[derive(Clone, Copy)]
pub(super) struct Outcome {
    pub(super) reads: u64,
    pub(super) changes: u64,
    /// Reads that went to the database.
    pub(super) queries: u64,
    /// Reads that did not show a change whose call had returned before they began.
    pub(super) stale: u64,
    pub(super) took: Duration,
}

#[derive(Default)]
struct Counts {
    next: AtomicU64,
    reads: AtomicU64,
    changes: AtomicU64,
    stale: AtomicU64,
}

impl Mix {
    /// Everybody was read once, then `calls` calls are measured.
    pub(super) async fn run<R: Repository>(
        self,
        repository: &Arc<R>,
        store: &Arc<Store>,
        calls: u64,
    ) -> Result<Outcome> {
        for user_id in 0..USERS {
            let listing = repository.list(user_id).await?;
            let right = |conversation: &Conversation| conversation.title.starts_with("about");
            ensure!(
                !listing.is_empty() && listing.iter().all(right),
                "{}: a wrong answer for {user_id}",
                R::NAME
            );
        }
        let counts = Arc::new(Counts::default());
        let queries = store.reads();
        let begun = Instant::now();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (repository, store) = (Arc::clone(repository), Arc::clone(store));
                let counts = Arc::clone(&counts);
                let rng = SmallRng::seed_from_u64(SEED + task);
                tokio::spawn(self.play(repository, store, counts, calls, rng))
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Ok(Outcome {
            reads: count(&counts.reads),
            changes: count(&counts.changes),
            queries: store.reads() - queries,
            stale: count(&counts.stale),
            took: begun.elapsed(),
        })
    }

    async fn play<R: Repository>(
        self,
        repository: Arc<R>,
        store: Arc<Store>,
        counts: Arc<Counts>,
        calls: u64,
        mut rng: SmallRng,
    ) -> Result<()> {
        let zipf = Zipf::new(f64::from(USERS), EXPONENT)?;
        while counts.next.fetch_add(1, Ordering::Relaxed) < calls {
            let popular = popular(&zipf, &mut rng);
            if rng.random_range(0..CHANGES) == 0 {
                let user_id = match self {
                    Self::SameAsReads => popular,
                    Self::Anybody => rng.random_range(0..USERS),
                };
                repository.send(user_id).await?;
                store.learn(user_id);
                counts.changes.fetch_add(1, Ordering::Relaxed);
            } else {
                let known = store.known(popular);
                let listing = repository.list(popular).await?;
                let latest = listing.first().map_or(-1, |latest| latest.version);
                counts.reads.fetch_add(1, Ordering::Relaxed);
                counts
                    .stale
                    .fetch_add(u64::from(latest < known), Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

/// A user, more often one of the first.
fn popular(zipf: &Zipf<f64>, rng: &mut SmallRng) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is a whole number from 1 to `USERS`"
    )]
    let rank = zipf.sample(rng) as u32;
    rank - 1
}
