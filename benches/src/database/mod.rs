//! What a cache is worth before a real database: a hit beside the query that it spares, and queries spared in a mix of reads and
//! changes.

mod mix;
mod repositories;
mod store;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::runtime::{Builder, Runtime};

use self::{
    mix::Outcome,
    repositories::{Annotated, ByHand, Direct, Repository},
    store::{Store, USERS},
};
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped, spread},
    rounds::Series,
};

/// Users asked for while it is cold, and again and again while it is hot.
const HOT: u32 = 1_000;

/// In each round, in nanoseconds a call but for the throughput.
#[derive(Default)]
struct Found {
    cold: Series,
    hot: Series,
    /// Hot reads a second, of all threads.
    throughput: Series,
    mixes: [Mixed; mix::ALL.len()],
}

/// What came of a mix in each round.
#[derive(Default)]
struct Mixed {
    /// Per cent of the reads that needed no query.
    answered: Series,
    /// Per cent of the statements that were spared, those of the changes included.
    spared: Series,
    /// Calls a second.
    throughput: Series,
    stale: Series,
}

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let runtime = Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("conversations.sqlite");
    let readers = u32::try_from(threads)?;
    let store = runtime
        .block_on(Store::create(&file, readers))
        .context("cannot make the database")?;
    let size = std::fs::metadata(&file)?.len() >> 20;
    let store = Arc::new(store);
    let rounds = cli.rounds().min(if cli.quick { 2 } else { 5 });
    let calls = if cli.quick { 10_000 } else { 40_000 };

    let mut found: [Found; 3] = Default::default();
    for _ in 0..rounds {
        let [direct, annotated, by_hand] = &mut found;
        // Each round with new caches, which are cold.
        let repository = Arc::new(Direct(Arc::clone(&store)));
        direct.push(&repository, &store, &runtime, threads, calls)?;
        let repository = Arc::new(Annotated::new(Arc::clone(&store))?);
        annotated.push(&repository, &store, &runtime, threads, calls)?;
        let repository = Arc::new(ByHand::new(Arc::clone(&store)));
        by_hand.push(&repository, &store, &runtime, threads, calls)?;
    }
    runtime.block_on(store.close());

    page.text(&format!(
        "A file of SQLite ({size} MB, in the page cache of the system) with {} users of twenty conversations; the method brings the ten \
         latest active ones of a user, a join over two indices that returns ten rows, by sqlx with prepared statements and a \
         connection for each of {threads} threads. No network lies between. {rounds} rounds, each with new caches.",
        grouped(USERS.into()),
    ));
    reads(page, &found, threads)?;
    mixes(page, &found, calls)
}

impl Found {
    fn push<R: Repository>(
        &mut self,
        repository: &Arc<R>,
        store: &Arc<Store>,
        runtime: &Runtime,
        threads: usize,
        calls: u64,
    ) -> Result<()> {
        let mut sum = 0;
        let begun = Instant::now();
        runtime.block_on(list_all(&**repository, &mut sum))?;
        self.cold.push(nanos_each(begun.elapsed(), HOT));
        let rounds = if is_cached(repository, store, runtime)? {
            50
        } else {
            1
        };
        let begun = Instant::now();
        for _ in 0..rounds {
            runtime.block_on(list_all(&**repository, &mut sum))?;
        }
        self.hot.push(nanos_each(begun.elapsed(), HOT * rounds));
        let rounds = if rounds == 1 { 1 } else { 200 };
        self.throughput
            .push(throughput(repository, runtime, threads, rounds)?);
        for (mix, outcomes) in mix::ALL.iter().zip(&mut self.mixes) {
            let mix = mix.1.run(repository, store, calls);
            outcomes.push(&runtime.block_on(mix)?);
        }
        Ok(())
    }
}

/// Whether what was asked for once is answered without a query.
fn is_cached<R: Repository>(repository: &Arc<R>, store: &Store, runtime: &Runtime) -> Result<bool> {
    let before = store.reads();
    runtime.block_on(list_all(&**repository, &mut 0))?;
    let queries = store.reads() - before;
    ensure!(
        queries == 0 || queries == u64::from(HOT),
        "{}: {queries} queries for {HOT} calls that should be hot",
        R::NAME
    );
    Ok(queries == 0)
}

async fn list_all<R: Repository>(repository: &R, rows: &mut usize) -> Result<()> {
    for user_id in 0..HOT {
        *rows += repository.list(user_id).await?.len();
    }
    Ok(())
}

fn nanos_each(elapsed: Duration, calls: u32) -> f64 {
    elapsed.as_secs_f64() * 1e9 / f64::from(calls)
}

/// Reads a second, of as many tasks as there are threads.
fn throughput<R: Repository>(
    repository: &Arc<R>,
    runtime: &Runtime,
    threads: usize,
    rounds: u32,
) -> Result<f64> {
    let begun = Instant::now();
    let rows = runtime.block_on(async {
        let tasks: Vec<_> = (0..threads)
            .map(|_| {
                let repository = Arc::clone(repository);
                tokio::spawn(async move {
                    let mut rows = 0;
                    for _ in 0..rounds {
                        list_all(&*repository, &mut rows).await?;
                    }
                    anyhow::Ok(rows)
                })
            })
            .collect();
        let mut rows = 0;
        for task in tasks {
            rows += task.await??;
        }
        anyhow::Ok(rows)
    })?;
    ensure!(rows > 0, "{}: the listings are empty", R::NAME);
    let reads = f64::from(HOT * rounds) * f64::from(u32::try_from(threads)?);
    Ok(reads / begun.elapsed().as_secs_f64())
}

const NAMES: [&str; 3] = [Direct::NAME, Annotated::NAME, ByHand::NAME];

fn reads(page: &mut Page, found: &[Found; 3], threads: usize) -> Result<()> {
    page.part("A read");
    page.text(&format!(
        "{} users one after the other: nanoseconds a call the first time and again, how many times faster that is, and reads a second of \
         {threads} tasks at once. Caches written by hand elsewhere are reported to be 2,200 times as fast as their query on a hit, \
         and to answer 111,000 reads a second; their databases are servers, reached over a network, and their machines are not told.",
        grouped(HOT.into()),
    ));
    let direct = &found[0].cold;
    let mut rows = Vec::new();
    for (name, found) in NAMES.iter().zip(found) {
        page.samples("cold", name, &[], "ns", &found.cold);
        page.samples("hot", name, &[], "ns", &found.hot);
        page.samples("hot reads", name, &[], "a second", &found.throughput);
        let gain = direct.over(&found.hot);
        rows.push(vec![
            (*name).to_owned(),
            figure(found.cold.median()),
            figure(found.hot.median()),
            spread(&found.hot),
            figure(gain.median()),
            spread(&gain),
            figure(found.throughput.median()),
        ]);
    }
    page.table(
        &[
            "",
            "ns cold",
            "ns hot",
            "spread",
            "the query ÷ hot",
            "spread",
            "reads a second",
        ],
        rows,
    );
    let groups = [("cold", 0), ("hot", 1)].map(|(title, which)| Group {
        title: title.to_owned(),
        bars: NAMES
            .iter()
            .zip(found)
            .map(|(name, found)| {
                let series = if which == 0 { &found.cold } else { &found.hot };
                Bar::new(name, series.clone())
            })
            .collect(),
    });
    page.bars(
        "",
        &Bars {
            title: String::from("A repository method on SQLite"),
            axis: String::from("nanoseconds a call"),
            scale: Scale::Log,
            groups: groups.into(),
        },
    )
}

fn mixes(page: &mut Page, found: &[Found; 3], calls: u64) -> Result<()> {
    page.part("95 reads to 5 changes");
    page.text(&format!(
        "{} calls by 16 tasks, after everybody was read once; users are drawn from a Zipf distribution (exponent 1, seeded). Where \
         changes go where the reads go, each of them costs about one read its answer, so no cache can answer many more than 18 of 19. \
         Per cent of the reads that needed no query, and of all statements that were spared. *Stale* are reads \
         that did not show a change whose call had returned before they began. Reported of others, without their mix of keys: \
         99.7 % of the reads, 98 % fewer queries.",
        grouped(calls),
    ));
    let mut rows = Vec::new();
    let mut groups = Vec::new();
    for (at, (what, _)) in mix::ALL.iter().enumerate() {
        let mut bars = Vec::new();
        for (name, found) in NAMES.iter().zip(found) {
            let Some(mixed) = found.mixes.get(at) else {
                continue;
            };
            for (measurement, unit, series) in [
                ("reads without a query", "%", &mixed.answered),
                ("statements spared", "%", &mixed.spared),
                ("calls", "a second", &mixed.throughput),
                ("stale reads", "", &mixed.stale),
            ] {
                page.samples(measurement, name, &[("mix", what)], unit, series);
            }
            rows.push(vec![
                format!("{what}: {name}"),
                format!("{:.1}", mixed.answered.median()),
                format!("{:.1}", mixed.spared.median()),
                figure(mixed.throughput.median()),
                spread(&mixed.throughput),
                format!("{:.0}", mixed.stale.most()),
            ]);
            bars.push(Bar::new(name, mixed.throughput.clone()));
        }
        groups.push(Group {
            title: (*what).to_owned(),
            bars,
        });
    }
    page.table(
        &[
            "",
            "% without a query",
            "% statements spared",
            "calls a second",
            "spread",
            "stale, at most",
        ],
        rows,
    );
    page.bars(
        "mix",
        &Bars {
            title: String::from("95 reads to 5 changes on SQLite"),
            axis: String::from("calls a second"),
            scale: Scale::Log,
            groups,
        },
    )
}

impl Mixed {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn push(&mut self, outcome: &Outcome) {
        let Outcome {
            reads,
            changes,
            queries,
            stale,
            took,
        } = *outcome;
        let calls = (reads + changes) as f64;
        self.answered
            .push(100.0 * (1.0 - queries as f64 / reads as f64));
        self.spared
            .push(100.0 * (1.0 - (queries + changes) as f64 / calls));
        self.throughput.push(calls / took.as_secs_f64());
        self.stale.push(stale as f64);
    }
}
