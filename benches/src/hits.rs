//! What a hit costs.

use std::{
    sync::{Arc, Barrier},
    thread,
    time::Instant,
};

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::{
    cli::Cli,
    contestants::{self, BASE, Contestant},
    report::{Page, grouped},
    rounds::{Series, play},
    workload::{Calls, Source, loads},
};

/// Calls a slice; with 100 ns each that is 10 ms.
const CALLS: usize = 100_000;

/// The part of the calls that each thread makes before the clock starts, to have its things near.
const WARM_UP: usize = 4;

pub(crate) fn measure(cli: &Cli, runtime: &Runtime, page: &mut Page) -> Result<()> {
    let sizes: &[u32] = if cli.quick {
        &[10_000]
    } else {
        &[1_000, 10_000, 1_000_000]
    };
    page.text(
        "Nanoseconds a call: median over the rounds, then the least and the most. The last two columns are the ratio to the \
         look-up in `hashbrown` of the same round, and its spread. Each contestant gets the arguments of the method, renders \
         the key `conversations:user:<user_id>:status:<status>` and returns a clone of the `Arc<Vec<_>>`; rows that begin \
         with a dash are there for reference and do other work.",
    );
    for size in sizes {
        let source = Arc::new(Source::new(*size));
        let field = Field {
            contestants: contestants::all(&source, runtime),
            runtime,
            rounds: cli.rounds(),
        };
        page.part(&format!(
            "{} entries, one thread",
            grouped(u64::from(*size))
        ));
        let calls = Calls::uniform(CALLS, *size, 1, 0);
        field.one_thread(page, &[calls]);
        if *size == 10_000 {
            page.part("10,000 entries, two threads with keys of their own");
            field.two_threads(
                page,
                &[0, 1].map(|thread| Calls::uniform(CALLS, *size, 2, thread)),
            );
            page.part("Two threads on one key");
            field.two_threads(page, &[0, 1].map(|_| Calls::one_key(CALLS)));
        }
    }
    Ok(())
}

struct Field<'a> {
    contestants: Vec<Box<dyn Contestant>>,
    runtime: &'a Runtime,
    rounds: usize,
}

impl Field<'_> {
    fn one_thread(&self, page: &mut Page, calls: &[Calls; 1]) {
        let series = play(&self.contestants, self.rounds, |contestant| {
            [self.slice(contestant, calls)]
        });
        let base = self.base(&series).map(|[base]| base.clone());
        let rows = self
            .contestants
            .iter()
            .zip(&series)
            .map(|(contestant, [series])| {
                let ratio = series.over(base.as_ref().unwrap_or(series));
                vec![
                    contestant.name().to_owned(),
                    format!("{:.1}", series.median()),
                    format!("{:.1}–{:.1}", series.least(), series.most()),
                    format!("{:.2}", ratio.median()),
                    format!("{:.2}–{:.2}", ratio.least(), ratio.most()),
                ]
            });
        page.table(&["", "ns", "spread", "× hashbrown", "spread"], rows);
    }

    fn two_threads(&self, page: &mut Page, calls: &[Calls; 2]) {
        let [first, _] = calls;
        let series = play(&self.contestants, self.rounds, |contestant| {
            let one = self.slice(contestant, std::array::from_ref(first));
            let two = self.slice(contestant, calls);
            [two, one]
        });
        let base = self.base(&series).map(|[two, _]| two.clone());
        let rows = self
            .contestants
            .iter()
            .zip(&series)
            .map(|(contestant, [two, one])| {
                let ratio = two.over(base.as_ref().unwrap_or(two));
                // Each thread makes as many calls as the single one did.
                let scaling = one.over(two);
                vec![
                    contestant.name().to_owned(),
                    format!("{:.1}", two.median()),
                    format!("{:.2}", ratio.median()),
                    format!("{:.2}–{:.2}", ratio.least(), ratio.most()),
                    format!("{:.2}", 2.0 * scaling.median()),
                    format!("{:.2}–{:.2}", 2.0 * scaling.least(), 2.0 * scaling.most()),
                ]
            });
        page.table(
            &[
                "",
                "ns in each thread",
                "× hashbrown",
                "spread",
                "throughput, × one thread",
                "spread",
            ],
            rows,
        );
    }

    fn base<'s, const N: usize>(&self, series: &'s [[Series; N]]) -> Option<&'s [Series; N]> {
        let mut named = self.contestants.iter().zip(series);
        let base = named.find(|(contestant, _)| contestant.name() == BASE);
        base.map(|(_, series)| series)
    }

    /// One turn: as many threads as there are lists of calls. Returns the nanoseconds a call, in the mean of the threads.
    fn slice(&self, contestant: &dyn Contestant, calls: &[Calls]) -> f64 {
        let before = loads();
        let start = Barrier::new(calls.len());
        let nanos: Vec<f64> = thread::scope(|scope| {
            let threads: Vec<_> = calls
                .iter()
                .map(|calls| scope.spawn(|| self.run(contestant, calls, &start)))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        assert_eq!(
            nanos.len(),
            calls.len(),
            "{}: a thread panicked",
            contestant.name()
        );
        assert_eq!(loads(), before, "{}: a hit ran the load", contestant.name());
        nanos.iter().sum::<f64>() / count(nanos.len())
    }

    fn run(&self, contestant: &dyn Contestant, calls: &Calls, start: &Barrier) -> f64 {
        let _inside = self.runtime.enter();
        contestant.run(calls, calls.len() / WARM_UP);
        start.wait();
        let begun = Instant::now();
        let rows = contestant.run(calls, calls.len());
        let nanos = begun.elapsed().as_nanos();
        assert_eq!(
            rows,
            calls.len(),
            "{}: an answer was lost",
            contestant.name()
        );
        count(usize::try_from(nanos).unwrap_or(usize::MAX)) / count(calls.len())
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}
