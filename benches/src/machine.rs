//! Where it ran, and with which versions of the others.

use std::{fs, process::Command, thread, time::Instant};

use crate::{
    neighbours::{self, Ticks},
    report::grouped,
    workload::SEED,
};

const LOCK: &str = include_str!("../Cargo.lock");
const PEERS: &[&str] = &[
    "cached-runtime",
    "hashbrown",
    "papaya",
    "moka",
    "quick_cache",
    "cached",
    "amalgam-cache",
    "cachelito-async",
    "cachekit",
    "foldhash",
    "sqlx",
    "libsqlite3-sys",
    "tokio",
];

/// What stays the same while a run lasts.
pub(crate) struct Machine {
    facts: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let versions: Vec<String> = PEERS
            .iter()
            .map(|name| format!("{name} {}", versions(name)))
            .collect();
        let facts = format!(
            "{}, {cores} cores, {}, {}; sources {}; {}",
            processor(),
            system(),
            compiler(),
            sources(),
            versions.join(", ")
        );
        Self { facts }
    }

    /// Where and when a question was answered, for the end of its section.
    pub(crate) fn describe(&self, rounds: &str, begun: &Begun) -> String {
        format!(
            "<sub>Measured on {}; {rounds}, seed {}; load {} before and {} after {:.0} seconds; {}.</sub>",
            self.facts,
            grouped(SEED),
            begun.load,
            load(),
            begun.at.elapsed().as_secs_f64(),
            neighbours::since(begun.ticks),
        )
    }
}

/// When something began, and who was at work then.
pub(crate) struct Begun {
    at: Instant,
    load: String,
    ticks: Option<Ticks>,
}

impl Begun {
    pub(crate) fn now() -> Self {
        Self {
            load: load(),
            ticks: Ticks::now(),
            at: Instant::now(),
        }
    }
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    field(&info, "model name", ':').unwrap_or_else(|| String::from(std::env::consts::ARCH))
}

fn system() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = format!("{} {}", std::env::consts::OS, release.trim());
    system.trim_end().to_owned()
}

/// Of one minute, five, fifteen: others at work make the numbers worse than they are.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn compiler() -> String {
    said(Command::new("rustc").arg("--version"))
}

/// The commit, and whether the sources were changed since.
fn sources() -> String {
    let git = |arguments: &[&str]| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        said(Command::new("git").current_dir(root).args(arguments))
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]);
    let changes = git(&["status", "--porcelain", "--", ".", ":!benches/results"]);
    match (commit.as_str(), changes.as_str()) {
        ("", _) => String::from("of no commit"),
        (commit, "") => commit.to_owned(),
        (commit, _) => format!("{commit} with changes"),
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output();
    let said = output.map_or_else(|_| Vec::new(), |output| output.stdout);
    String::from_utf8_lossy(&said).trim().to_owned()
}

fn versions(package: &str) -> String {
    let packages = LOCK.split("[[package]]");
    let found = packages.filter(|text| field(text, "name", '=').as_deref() == Some(package));
    let versions: Vec<String> = found
        .filter_map(|text| field(text, "version", '='))
        .collect();
    versions.join("/")
}

fn field(text: &str, name: &str, separator: char) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(separator)?;
        (found.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_a_version() {
        for peer in PEERS {
            assert_ne!(versions(peer), "", "{peer}");
        }
    }
}
