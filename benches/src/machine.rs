//! Where it ran, and with which versions of the others.

use std::{fs, process::Command, thread};

use crate::{
    report::{Report, grouped},
    workload::SEED,
};

const LOCK: &str = include_str!("../Cargo.lock");
const PEERS: [&str; 9] = [
    "cached-runtime",
    "hashbrown",
    "papaya",
    "moka",
    "quick_cache",
    "cached",
    "amalgam-cache",
    "foldhash",
    "tokio",
];

pub(crate) fn describe(report: &mut Report, rounds: usize) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let versions = PEERS.map(|name| format!("{name} {}", versions(name)));
    let facts = [
        ("processor", processor()),
        ("cores", cores.to_string()),
        ("system", system()),
        ("compiler", compiler()),
        ("load before", load()),
        ("versions", versions.join(", ")),
        ("rounds", rounds.to_string()),
        ("seed", grouped(SEED)),
    ];
    let lines = facts.map(|(name, fact)| format!("- {name}: {fact}"));
    report.text(&lines.join("\n"));
}

/// To be compared with the load before.
pub(crate) fn describe_end(report: &mut Report) {
    report.text(&format!("Load in the end: {}", load()));
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
    let output = Command::new("rustc").arg("--version").output();
    let version = output.map_or_else(|_| Vec::new(), |output| output.stdout);
    String::from_utf8_lossy(&version).trim().to_owned()
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
