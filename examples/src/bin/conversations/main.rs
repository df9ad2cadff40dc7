//! A conversation service over SQLite: what the toolkit is for, and a check that it keeps its promise.
//!
//! `conversations.rs` is the part that a service would have; everything else drives and checks it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod check;
mod cli;
mod conversations;
mod counts;
mod data;
mod drive;
mod measure;
mod mix;
mod model;
mod mutation;
mod quota;
mod read;
mod report;
mod store;
mod topic;
mod trace;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use cached_runtime::{Caches, Settings};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    check::Checker,
    cli::Cli,
    conversations::Conversations,
    data::{Data, Size},
    drive::{Driver, Part, Round},
    mix::{Mix, Sides},
    store::Store,
};

/// The share of a trace that is replayed without the cache ends here at the latest.
const LONGEST_BASELINE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether every answer was right.
async fn run(cli: Cli) -> Result<bool> {
    let trace = match &cli.trace {
        Some(file) => Some(trace::read(
            file,
            cli.limit
                .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        )?),
        None => None,
    };
    if let Some(capacity) = cli.capacity {
        Caches::builder()
            .defaults(Settings::new().capacity(capacity))
            .install()
            .context("cannot set the capacity")?;
    }
    let directory = cli
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data")));
    let size = Size {
        conversations: cli.conversations,
        messages: cli.messages,
    };
    let bar = bar("making the database", 0);
    let data = Data::prepare(&directory, size, &bar).await?;
    bar.finish_and_clear();

    let driver = Arc::new(driver(&data.file, trace, &cli).await?);
    let (with, without) = rounds(&driver, &cli).await?;
    driver.recheck(cli.recheck).await?;

    println!("{}", report::table(&with, &without)?);
    print!("{}", report::summary(&with, &without)?);
    let verdict = driver.checker.verdict();
    println!("{}", report::verdict(&verdict));
    close(driver).await.context("cannot close the database")?;
    Ok(verdict.faults == 0)
}

async fn driver(file: &Path, trace: Option<Vec<u32>>, cli: &Cli) -> Result<Driver> {
    let store = Store::connect(file, 4)
        .await
        .context("cannot open the database")?;
    let auditor = Store::connect(file, 1)
        .await
        .context("cannot open the database")?;
    let sides = auditor
        .sides()
        .await
        .context("cannot read the conversations")?;
    let sides = sides
        .into_iter()
        .map(|(conversation, client, provider, instance)| Sides {
            conversation,
            client,
            provider,
            instance,
        });
    let mix = Mix::new(sides.collect(), cli.skew, f64::from(cli.mutations) / 100.0)
        .context("there are no conversations in the database")?;
    Ok(Driver {
        service: Conversations::new(store),
        auditor,
        checker: Checker::default(),
        mix,
        trace,
        tasks: cli.tasks,
        hang_ups: f64::from(cli.hang_ups) / 100.0,
        forget_invalidation: cli.forget_invalidation,
    })
}

async fn close(driver: Arc<Driver>) -> Result<()> {
    let driver = Arc::into_inner(driver).context("a task is still at work")?;
    driver.auditor.close().await?;
    let store = driver.service.into_store();
    store.context("a load is still at work")?.close().await?;
    Ok(())
}

/// With the cache, without it, and with it again: entries must not outlive what changes while the cache is off.
async fn rounds(driver: &Arc<Driver>, cli: &Cli) -> Result<(Round, Round)> {
    let (mut with, mut without) = (Round::new()?, Round::new()?);
    let parts = plan(driver.trace.as_deref(), cli);
    for (number, part) in (0..).zip(parts) {
        let seed = cli.seed.wrapping_mul(3).wrapping_add(number);
        let (name, sum) = if part.through_cache {
            ("with the cache", &mut with)
        } else {
            ("without the cache", &mut without)
        };
        let bar = bar(name, 1000);
        sum.merge(&driver.round(part, seed, &bar).await?)?;
        bar.finish_and_clear();
    }
    Ok((with, without))
}

fn plan(trace: Option<&[u32]>, cli: &Cli) -> [Part; 3] {
    let baseline = |whole: u64| whole * u64::from(cli.baseline) / 100;
    let part = |operations, time, through_cache| Part {
        operations,
        time,
        through_cache,
    };
    match (trace.map(|trace| trace.len() as u64), cli.operations) {
        (Some(accesses), _) => [
            part(0..accesses / 2, None, true),
            part(0..baseline(accesses), Some(LONGEST_BASELINE), false),
            part(accesses / 2..accesses, None, true),
        ],
        (None, Some(operations)) => {
            let cached = operations - baseline(operations);
            [
                part(0..cached / 2, None, true),
                part(0..baseline(operations), None, false),
                part(cached / 2..cached, None, true),
            ]
        }
        (None, None) => {
            let millis = cli.seconds * 1000;
            let timed = |millis, through_cache| {
                part(
                    0..u64::MAX,
                    Some(Duration::from_millis(millis)),
                    through_cache,
                )
            };
            let cached = (millis - baseline(millis)) / 2;
            [
                timed(cached, true),
                timed(baseline(millis), false),
                timed(cached, true),
            ]
        }
    }
}

fn bar(name: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:20} [{wide_bar}] {percent:>3} % {elapsed:>4}");
    ProgressBar::new(length)
        .with_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        )
        .with_message(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_meets_a_key() {
        cached_runtime::assert_sound();
    }
}
