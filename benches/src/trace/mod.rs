//! How many accesses of a trace hit, beside moka that is told of every one, and beside the best there can be.

mod optimum;
mod policies;
mod read;
mod synthetic;

use anyhow::Result;
use foldhash::HashSet;
use tokio::runtime::Runtime;

use self::policies::{ALL, MOKA, OPTIMUM, TOOLKIT};
use crate::{
    cli::Cli,
    report::{Line, Lines, Page, Scale, grouped},
    rounds::Series,
};

/// Capacities, in hundredths of the distinct keys.
const SHARES: [u64; 4] = [1, 5, 10, 25];

pub(crate) fn measure(cli: &Cli, _runtime: &Runtime, page: &mut Page) -> Result<()> {
    page.text(
        "Per cent of the accesses that hit, with room for so many of the distinct keys: median over the runs, which differ by their \
         hash seeds, then the least and the most. *Points* are those that this toolkit is ahead of moka.",
    );
    let accesses = if cli.quick { 200_000 } else { 500_000 };
    replay(cli, page, "synthetic", &synthetic::trace(accesses)?)?;
    for file in &cli.traces {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        replay(cli, page, &name, &read::read(file)?)?;
    }
    Ok(())
}

fn replay(cli: &Cli, page: &mut Page, name: &str, trace: &[u32]) -> Result<()> {
    let distinct = trace.iter().copied().collect::<HashSet<u32>>().len() as u64;
    let repeats = if cli.quick { 1 } else { 3 };
    page.part(name);
    page.text(&format!(
        "{} accesses, {} distinct keys, {repeats} runs.",
        grouped(trace.len() as u64),
        grouped(distinct)
    ));
    let mut lines = ALL.map(|(name, _)| Line::new(name, Vec::new()));
    let mut rows = Vec::new();
    for share in SHARES {
        let capacity = (distinct * share / 100).max(1);
        let mut all = ALL.map(|_| Series::default());
        for run in 0..repeats {
            for ((policy, replay), series) in ALL.iter().zip(&mut all) {
                // It has no seeds.
                if run == 0 || *policy != OPTIMUM {
                    series.push(percent(replay(trace, capacity)?, trace.len()));
                }
            }
        }
        let found = |policy: &str| {
            let mut named = ALL.iter().zip(&all);
            let found = named.find(|((name, _), _)| *name == policy);
            found.map_or(f64::NAN, |(_, series)| series.median())
        };
        let capacity = grouped(capacity);
        let mut row = vec![format!("{share} % of the keys, {capacity}")];
        for (((policy, _), series), line) in ALL.iter().zip(all.clone()).zip(&mut lines) {
            let parameters = [("trace", name), ("capacity", capacity.as_str())];
            page.samples("hits", policy, &parameters, "%", &series);
            row.push(shown(&series));
            line.series.push(series);
        }
        row.push(format!("{:+.2}", found(TOOLKIT) - found(MOKA)));
        rows.push(row);
    }
    let mut header = vec!["capacity"];
    header.extend(ALL.map(|(name, _)| name.trim_start_matches("– ")));
    header.push("points");
    page.table(&header, rows);
    page.lines(
        &file_name(name),
        &Lines {
            title: format!("Hit ratio: {name}"),
            axis: String::from("per cent of the accesses"),
            scale: Scale::Linear,
            steps: String::from("room, of the distinct keys"),
            at: SHARES.iter().map(|share| format!("{share} %")).collect(),
            all: lines.into(),
        },
    )
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn percent(hits: u64, accesses: usize) -> f64 {
    100.0 * hits as f64 / accesses as f64
}

fn shown(series: &Series) -> String {
    let (least, most) = (series.least(), series.most());
    if most > least {
        format!("{:.2} ({least:.2}–{most:.2})", series.median())
    } else {
        format!("{:.2}", series.median())
    }
}

/// What a trace's plot may be called.
fn file_name(trace: &str) -> String {
    let fits = |char: char| {
        if char.is_ascii_alphanumeric() {
            char.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    trace.chars().map(fits).collect()
}
