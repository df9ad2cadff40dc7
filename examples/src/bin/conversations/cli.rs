//! The command line.

use std::path::PathBuf;

use clap::{Parser, value_parser};

/// A conversation service over SQLite, cached by attributes, with every answer checked.
///
/// On the first run it makes a database of 20,000 conversations with 1,000,000 messages. Then many tasks call the
/// service's methods at once, some of them changing what the others read. Each answer must be at least as new as the
/// last change that had returned before the call began; a sample is compared with the database row by row, and so is
/// what changed when all is quiet. For a share of the time the same is done with the cache switched off, to print both
/// side by side.
#[derive(Debug, Parser)]
#[command(
    name = "conversations",
    args_override_self = true,
    after_help = "Exit status: 0 if every answer was right, 1 if one was not, 2 if the run could not be done."
)]
pub(crate) struct Cli {
    /// Where the database is kept [default: `data` in the package's directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Conversations in the database
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub(crate) conversations: u32,

    /// Messages in the database
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1..=100_000_000))]
    pub(crate) messages: u32,

    /// Tasks that call the service at the same time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = value_parser!(u32).range(1..=1024))]
    pub(crate) tasks: u32,

    /// How long to run
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u64).range(1..=86_400))]
    pub(crate) seconds: u64,

    /// How many calls to make, instead of a time
    #[arg(long, value_name = "N", conflicts_with = "seconds", value_parser = value_parser!(u64).range(1..=1_000_000_000_000))]
    pub(crate) operations: Option<u64>,

    /// Share of the calls that change something
    #[arg(long, value_name = "PERCENT", default_value_t = 5, value_parser = value_parser!(u8).range(0..=100))]
    pub(crate) mutations: u8,

    /// Share of the run with the cache switched off
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = value_parser!(u8).range(0..=100))]
    pub(crate) baseline: u8,

    /// Share of the reads whose caller walks away before the answer is there
    #[arg(long, value_name = "PERCENT", default_value_t = 1, value_parser = value_parser!(u8).range(0..=100))]
    pub(crate) hang_ups: u8,

    /// Exponent of the Zipf distribution of conversations: 0 makes all equally popular
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = skew)]
    pub(crate) skew: f64,

    /// The random choices
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// At most this many entries in each named cache, to see what eviction does
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub(crate) capacity: Option<u64>,

    /// Replay recorded accesses instead: big-endian 32-bit integers, bare or inside xz
    ///
    /// Each key stands for a conversation and one question about it. The share of mutations stays; the share with the
    /// cache off replays the beginning of the trace, for ten seconds at most.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seconds", "operations", "skew"])]
    pub(crate) trace: Option<PathBuf>,

    /// Replay only the first accesses of the trace
    #[arg(long, value_name = "N", requires = "trace", value_parser = value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,

    /// At most this many answers are compared with the database when all is quiet
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub(crate) recheck: usize,

    /// Call the mutators without their `#[invalidates]`, to see the check fail
    #[arg(long)]
    pub(crate) forget_invalidation: bool,
}

fn skew(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(skew) if (0.0..=10.0).contains(&skew) => Ok(skew),
        _ => Err(String::from("expected a number from 0 to 10")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
