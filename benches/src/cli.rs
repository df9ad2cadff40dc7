//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measures this toolkit beside its peers, all in one run.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// A rougher answer in half a minute: fewer rounds, no cache of a million entries
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measure only the sections whose title contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,

    /// How often each contestant has its turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,

    /// A recorded trace to measure hit ratios on: big-endian 32-bit keys, bare or inside xz. May be given several times
    #[arg(long = "trace", value_name = "FILE")]
    pub(crate) traces: Vec<PathBuf>,

    /// Where the report goes, besides the screen
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results/latest.md"))]
    pub(crate) output: PathBuf,
}

impl Cli {
    pub(crate) fn rounds(&self) -> usize {
        self.rounds
            .map_or(if self.quick { 5 } else { 21 }, usize::from)
    }

    pub(crate) fn wants(&self, title: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|text| title.to_lowercase().contains(&text.to_lowercase()))
    }
}
