//! What an invalidation costs, however many entries it finds, and what readers notice of it.

mod cold;
mod contestants;
mod field;
mod readers;
mod rows;

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::runtime::{Builder, Runtime};

use self::{
    field::Contestant,
    readers::Meanwhile,
    rows::{How, Rows},
};
use crate::{
    cli::Cli,
    report::{Bar, Bars, Group as BarGroup, Page, Scale, figure, grouped, spread},
    rounds::Series,
};

/// Rounds of clearing everything and filling it again, which takes long.
const CLEARED: usize = 2;

/// How often readers are watched.
const WATCHED: usize = 3;

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    // With a thread for what is left to tasks, as services have it.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()?;
    let _inside = runtime.enter();
    let entries = if cli.quick { 100_000 } else { 1_000_000 };
    let rows = Rows::new(entries);
    let contestants = field::filled(&rows)?;
    let rounds = cli.rounds().min(if cli.quick { 2 } else { 3 });
    costs(page, &rows, &contestants, rounds)?;
    cold::measure(page, &rows, &contestants, rounds);
    let watched = if cli.quick { 1 } else { WATCHED };
    meanwhile(page, &rows, &contestants, watched)?;
    for contestant in &contestants {
        let (name, (asked, left)) = (contestant.cache.name(), contestant.left());
        ensure!(
            left == 0 || contestant.cache.scans(How::Tag(0)),
            "{name}: {left} invalidated rows were answered"
        );
        page.text(&format!(
            "{name}: of {} rows that were asked for after their invalidation had returned, {} were still answered.",
            grouped(asked),
            grouped(left)
        ));
    }
    Ok(())
}

/// Until the call returned, and until the memory was given back, in microseconds.
#[derive(Default)]
struct Cost {
    returned: Series,
    given_back: Series,
}

fn costs(page: &mut Page, rows: &Rows, contestants: &[Contestant], rounds: usize) -> Result<()> {
    page.part("What the caller pays");
    page.text(&format!(
        "{} entries, of which so many match. Microseconds until the call returned, and until the cache, told to do what waits to be done, \
         held less than a tenth of the values: median over {rounds} rounds; the spread is that of the return.",
        grouped(rows.entries.into())
    ));
    // One more for all of them.
    let mut costs: Vec<Vec<Cost>> = Vec::new();
    costs.resize_with(rows.groups.len() + 1, || {
        contestants.iter().map(|_| Cost::default()).collect()
    });
    for round in 0..rounds {
        for (at, (group, costs)) in rows.groups.iter().zip(&mut costs).enumerate() {
            for turn in turns(contestants.len(), round) {
                let (Some(contestant), Some(cost)) = (contestants.get(turn), costs.get_mut(turn))
                else {
                    continue;
                };
                for _ in 0..repeats(contestant, group.how, group.rows.len()) {
                    if let Some(took) = contestant.invalidate(rows, at, false) {
                        cost.push(took);
                    }
                    contestant.restore_group(rows, at);
                }
            }
        }
        if let Some(costs) = costs.last_mut().filter(|_| round < CLEARED) {
            for turn in turns(contestants.len(), round) {
                if let (Some(contestant), Some(cost)) = (contestants.get(turn), costs.get_mut(turn))
                {
                    cost.push(contestant.clear(rows, false));
                    contestant.refill(rows);
                }
            }
        }
    }
    let cases: Vec<(String, String)> = rows
        .groups
        .iter()
        .map(|group| (group.name.to_owned(), grouped(group.rows.len() as u64)))
        .chain([(String::from("everything"), grouped(rows.entries.into()))])
        .collect();
    tabulate(page, contestants, &cases, &costs);
    plot(page, contestants, &cases, costs)
}

impl Cost {
    fn push(&mut self, took: field::Took) {
        let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
        self.returned.push(micros(took.returned));
        let given_back = took.given_back.map_or(f64::NAN, micros);
        self.given_back.push(given_back);
    }
}

fn turns(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |turn| (turn + round) % count)
}

/// What is over soon is done more often.
fn repeats(contestant: &Contestant, how: How, matching: usize) -> u32 {
    match matching {
        _ if contestant.cache.scans(how) => 1,
        0..=10 => 20,
        11..=1_000 => 5,
        _ => 1,
    }
}

fn tabulate(
    page: &mut Page,
    contestants: &[Contestant],
    cases: &[(String, String)],
    costs: &[Vec<Cost>],
) {
    let mut table = Vec::new();
    for (at, contestant) in contestants.iter().enumerate() {
        let name = contestant.cache.name();
        for ((what, matching), costs) in cases.iter().zip(costs) {
            let Some(cost) = costs.get(at) else {
                continue;
            };
            let parameters = [("by", what.as_str()), ("matching", matching.as_str())];
            page.samples("returned", name, &parameters, "µs", &cost.returned);
            page.samples("given back", name, &parameters, "µs", &cost.given_back);
            table.push(vec![
                format!("{name}: {what}"),
                matching.clone(),
                figure(cost.returned.median()),
                spread(&cost.returned),
                figure(cost.given_back.median()),
            ]);
        }
    }
    page.table(
        &[
            "",
            "matching",
            "µs until it returned",
            "spread",
            "until given back",
        ],
        table,
    );
}

fn plot(
    page: &mut Page,
    contestants: &[Contestant],
    cases: &[(String, String)],
    costs: Vec<Vec<Cost>>,
) -> Result<()> {
    let groups = cases.iter().zip(costs).map(|((what, matching), costs)| {
        let bars = contestants.iter().zip(costs);
        BarGroup {
            title: format!("{what}, {matching} matching"),
            bars: bars
                .map(|(contestant, cost)| Bar::new(contestant.cache.name(), cost.returned))
                .collect(),
        }
    });
    page.bars(
        "",
        &Bars {
            title: String::from("An invalidation, until the call returns"),
            axis: String::from("microseconds"),
            scale: Scale::Log,
            groups: groups.collect(),
        },
    )
}

/// Nanoseconds of hits, and milliseconds until the memory was given back, round by round.
#[derive(Default)]
struct Latency {
    hits: Series,
    quantiles: [Series; 3],
    most: Series,
    given_back: Series,
}

const QUANTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")];

fn meanwhile(
    page: &mut Page,
    rows: &Rows,
    contestants: &[Contestant],
    rounds: usize,
) -> Result<()> {
    page.part("What readers notice");
    page.text(&format!(
        "One thread reads 1,000 other rows of the same cache while another invalidates, until the memory is given back: by a task behind \
         where there is one, otherwise by the thread that invalidates. *Users* are prefixes with ten rows each, one after the other for \
         0.3 seconds. Nanoseconds of the reader's hits, what the clock takes included; milliseconds until the memory was given back. \
         Median over {rounds} rounds."
    ));
    let cases = cases(rows);
    let mut all: Vec<Vec<Latency>> = Vec::new();
    all.resize_with(cases.len(), || {
        contestants.iter().map(|_| Latency::default()).collect()
    });
    for round in 0..rounds {
        for ((_, case), latencies) in cases.iter().zip(&mut all) {
            for turn in turns(contestants.len(), round) {
                if let (Some(contestant), Some(latency)) =
                    (contestants.get(turn), latencies.get_mut(turn))
                {
                    latency.push(&readers::read(contestant, rows, *case)?);
                }
            }
        }
    }
    let mut table = Vec::new();
    for (at, contestant) in contestants.iter().enumerate() {
        let name = contestant.cache.name();
        for ((what, _), latencies) in cases.iter().zip(&all) {
            let Some(latency) = latencies.get(at) else {
                continue;
            };
            for ((_, quantile), series) in QUANTILES.iter().zip(&latency.quantiles) {
                let parameters = [("meanwhile", what.as_str())];
                page.samples(quantile, name, &parameters, "ns", series);
            }
            let mut row = vec![format!("{name}: {what}"), figure(latency.hits.median())];
            row.extend(
                latency
                    .quantiles
                    .iter()
                    .map(|series| figure(series.median())),
            );
            row.push(figure(latency.most.median()));
            row.push(figure(latency.given_back.median()));
            table.push(row);
        }
    }
    page.table(
        &[
            "",
            "hits",
            "p50",
            "p99",
            "p99.9",
            "most",
            "ms until given back",
        ],
        table,
    );
    let groups = cases.iter().zip(all).map(|((what, _), latencies)| {
        let bars = contestants
            .iter()
            .zip(latencies)
            .map(|(contestant, latency)| {
                let [.., highest] = latency.quantiles;
                Bar::new(contestant.cache.name(), highest)
            });
        BarGroup {
            title: what.clone(),
            bars: bars.collect(),
        }
    });
    page.bars(
        "readers",
        &Bars {
            title: String::from("Hits of another thread while something is invalidated"),
            axis: String::from("nanoseconds, p99.9"),
            scale: Scale::Log,
            groups: groups.collect(),
        },
    )
}

/// Nothing, users, the largest group of each kind, everything.
fn cases(rows: &Rows) -> Vec<(String, Meanwhile)> {
    let mut cases = vec![
        (String::from("nothing"), Meanwhile::Nothing),
        (String::from("users"), Meanwhile::Users),
    ];
    let mut groups = rows.groups.iter().enumerate().peekable();
    while let Some((at, group)) = groups.next() {
        let last = groups
            .peek()
            .is_none_or(|(_, next)| next.name != group.name);
        if last && group.rows.len() > 1 {
            let matching = grouped(group.rows.len() as u64);
            cases.push((format!("{}, {matching}", group.name), Meanwhile::Group(at)));
        }
    }
    cases.push((String::from("everything"), Meanwhile::All));
    cases
}

impl Latency {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn push(&mut self, noticed: &readers::Noticed) {
        let hits = &noticed.hits;
        self.hits.push(hits.len() as f64);
        let at = |(quantile, _): &(f64, &str)| {
            // Without a hit there is none to tell of.
            let nanos = hits.value_at_quantile(*quantile) as f64;
            if hits.is_empty() { f64::NAN } else { nanos }
        };
        for (series, quantile) in self.quantiles.iter_mut().zip(&QUANTILES) {
            series.push(at(quantile));
        }
        self.most.push(hits.max() as f64);
        let given_back = noticed.given_back;
        self.given_back
            .push(given_back.map_or(f64::NAN, |given_back| given_back.as_secs_f64() * 1e3));
    }
}
