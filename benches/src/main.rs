//! Measures this toolkit beside its peers, all in one run. See the README beside it for the questions.

mod clear;
mod cli;
mod contestants;
mod hits;
mod invalidation;
mod machine;
mod misses;
mod poll;
mod report;
mod rounds;
mod service;
mod trace;
mod workload;

use anyhow::Result;
use clap::Parser as _;
use tokio::runtime;

use crate::{cli::Cli, report::Report};

fn main() -> Result<()> {
    let cli = Cli::parse();
    // For those of the peers that ask for one; no hit waits for it.
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let mut report = Report::default();
    report.title("Results");
    machine::describe(&mut report, cli.rounds());
    if cli.wants(hits::TITLE) {
        hits::measure(&cli, &runtime, &mut report);
    }
    if cli.wants(invalidation::TITLE) {
        invalidation::measure(&cli, &mut report)?;
    }
    if cli.wants(clear::TITLE) {
        clear::measure(&cli, &runtime, &mut report)?;
    }
    if cli.wants(misses::TITLE) {
        misses::measure(&cli, &runtime, &mut report)?;
    }
    if cli.wants(trace::TITLE) {
        trace::measure(&cli, &mut report)?;
    }
    machine::describe_end(&mut report);
    report.save(&cli.output)
}
