//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measures this toolkit beside its peers, all in one run.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// Rougher answers in two minutes: fewer rounds, no cache of a million entries
    #[arg(long)]
    pub(crate) quick: bool,

    /// Ask only the questions whose name or title contains this text. May be given several times
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,

    /// How often each contestant has its turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,

    /// A recorded trace to measure hit ratios on: big-endian 32-bit keys, bare or inside xz. May be given several times
    #[arg(long = "trace", value_name = "FILE")]
    pub(crate) traces: Vec<PathBuf>,

    /// The folder that the report, its plots and the samples go to; answers to other questions stay in it
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    pub(crate) output: PathBuf,
}

impl Cli {
    pub(crate) fn rounds(&self) -> usize {
        self.rounds
            .map_or(if self.quick { 5 } else { 21 }, usize::from)
    }

    /// The same in words.
    pub(crate) fn rounds_in_words(&self) -> String {
        let quick = if self.quick { "a quick run of " } else { "" };
        format!("{quick}{} rounds", self.rounds())
    }

    pub(crate) fn wants(&self, slug: &str, title: &str) -> bool {
        let heard = |text: &String| {
            let text = text.to_lowercase();
            slug.contains(&text) || title.to_lowercase().contains(&text)
        };
        self.only.is_empty() || self.only.iter().any(heard)
    }
}
