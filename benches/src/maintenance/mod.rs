//! How long the slowest hits take while another thread stores, evicts, lets expire and invalidates.

mod contestants;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use hdrhistogram::Histogram;
use tokio::runtime::{Builder, Handle, Runtime};

use self::contestants::{BASE, Churned};
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group, Page, Scale, figure, grouped, spread},
    rounds::{Series, play},
    workload::Call,
};

/// Entries that each has room for.
const ROOM: u64 = 10_000;
/// The keys that the reader goes round.
const POPULAR: u32 = 1_000;
/// Short, so that entries expire all the time.
const TTL: Duration = Duration::from_millis(200);
/// The other thread stores so many new entries, and then invalidates a user of each thousand.
const STORED: u32 = 1_000;
/// One turn: two lifetimes.
const TURN: Duration = Duration::from_millis(400);

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    // With a thread for what is left to tasks, as services have it.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()?;
    let _inside = runtime.enter();
    let contestants = contestants::all()?;
    let rounds = cli.rounds().min(9);
    let mut failed = None;
    // Never the same key twice.
    let mut next = POPULAR;
    let all = play(&contestants, rounds, |contestant| {
        turn(contestant, &mut next).unwrap_or_else(|error| {
            failed = Some(error);
            [f64::NAN; 6]
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let clock = clock()?;
    page.text(&format!(
        "One thread calls {} keys in turn. The other stores new ones as fast as it can into the same cache, which has room for {}, \
         and after each {} invalidates a user; all entries live {} ms, so the reader's expire, too, and are stored anew by itself. \
         Nanoseconds of the reader's hits, without what reading the clock takes: that is {clock:.0} in the median, and it is \
         subtracted. *{BASE}* is the same loop on a map of its own, while the other thread churns elsewhere: it shows what \
         the machine and its scheduler do to any loop. Median over {rounds} rounds.",
        grouped(POPULAR.into()),
        grouped(ROOM),
        grouped(STORED.into()),
        TTL.as_millis()
    ));
    let mut rows = Vec::new();
    let mut bars = Vec::new();
    for (contestant, series) in contestants.iter().zip(all) {
        let [p50, p99, p999, most, hits, stored] = series;
        let [p50, p99, p999, most] = [p50, p99, p999, most].map(|series| without(&series, clock));
        let name = contestant.name();
        for (what, unit, series) in [
            ("p50", "ns", &p50),
            ("p99", "ns", &p99),
            ("p99.9", "ns", &p999),
            ("most", "ns", &most),
            ("hits", "", &hits),
            ("stored meanwhile", "", &stored),
        ] {
            page.samples(what, name, &[], unit, series);
        }
        let ratio = p999.over(&p50);
        rows.push(vec![
            name.to_owned(),
            figure(p50.median()),
            figure(p99.median()),
            figure(p999.median()),
            figure(most.median()),
            figure(ratio.median()),
            spread(&ratio),
            figure(hits.median()),
            figure(stored.median()),
        ]);
        bars.push(Bar::new(name, p999));
    }
    page.table(
        &[
            "",
            "p50",
            "p99",
            "p99.9",
            "most",
            "p99.9 × p50",
            "spread",
            "hits",
            "stored meanwhile",
        ],
        rows,
    );
    page.bars(
        "",
        &Bars {
            title: String::from("Hits while another thread churns"),
            axis: String::from("nanoseconds, p99.9"),
            scale: Scale::Log,
            groups: vec![Group {
                title: String::new(),
                bars,
            }],
        },
    )
}

/// The four quantiles, the number of hits, and what was stored meanwhile.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn turn(contestant: &dyn Churned, next: &mut u32) -> Result<[f64; 6]> {
    let over = AtomicBool::new(false);
    let stored = AtomicU64::new(0);
    let runtime = Handle::current();
    let hits = thread::scope(|scope| {
        let churning = scope.spawn(|| {
            let _inside = runtime.enter();
            churn(contestant, next, &over, &stored);
        });
        let ending = Ending(&over);
        let hits = read(contestant);
        drop(ending);
        churning
            .join()
            .map_err(|_| anyhow!("the thread that churns panicked"))?;
        hits
    })?;
    let at = |quantile| hits.value_at_quantile(quantile) as f64;
    Ok([
        at(0.5),
        at(0.99),
        at(0.999),
        hits.max() as f64,
        hits.len() as f64,
        stored.load(Ordering::Relaxed) as f64,
    ])
}

/// Ends the churning, also where a panic ends the reading.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a clock that is read twice says.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn clock() -> Result<f64> {
    let mut said = Histogram::<u64>::new_with_bounds(1, 10_000_000_000, 3)?;
    for _ in 0..100_000 {
        said.saturating_record(u64::try_from(Instant::now().elapsed().as_nanos())?);
    }
    Ok(said.value_at_quantile(0.5) as f64)
}

fn without(series: &Series, clock: f64) -> Series {
    let values = series.values().iter();
    values.map(|value| (value - clock).max(1.0)).collect()
}

fn read(contestant: &dyn Churned) -> Result<Histogram<u64>> {
    let mut hits = Histogram::new_with_bounds(1, 10_000_000_000, 3)?;
    let beginning = Instant::now();
    // All are there and near, and popular with whoever evicts, when the clock starts to count.
    let warm_up = TURN / 10;
    while beginning.elapsed() < warm_up + TURN {
        let counts = beginning.elapsed() > warm_up;
        for call in (0..POPULAR).map(Call) {
            let begun = Instant::now();
            let hit = contestant.call(call);
            let nanos = begun.elapsed().as_nanos();
            if hit && counts {
                hits.saturating_record(u64::try_from(nanos)?);
            }
        }
    }
    Ok(hits)
}

fn churn(contestant: &dyn Churned, next: &mut u32, over: &AtomicBool, stored: &AtomicU64) {
    while !over.load(Ordering::Relaxed) {
        for call in (*next..*next + STORED).map(Call) {
            contestant.call(call);
        }
        contestant.invalidate(Call(*next));
        stored.fetch_add(STORED.into(), Ordering::Relaxed);
        *next += STORED;
    }
}
