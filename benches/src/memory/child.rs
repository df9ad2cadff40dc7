//! Asks the program `memory` beside this one, whose allocator counts.

use std::{env, process::Command};

use anyhow::{Context as _, Result, ensure};

/// What is not there is not a number.
pub(super) struct Bytes {
    pub(super) allocated: f64,
    pub(super) resident: f64,
}

pub(super) struct Answer {
    pub(super) payload: Bytes,
    pub(super) full: Bytes,
    pub(super) cleared: Bytes,
    pub(super) expired: Bytes,
    pub(super) tidied: Bytes,
}

pub(super) fn names() -> Result<Vec<String>> {
    Ok(run(&[])?.lines().map(str::to_owned).collect())
}

pub(super) fn ask(name: &str, entries: u32) -> Result<Answer> {
    let said = run(&[name, &entries.to_string()])?;
    let bytes = |what: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(what));
        let (allocated, resident) = line
            .and_then(|line| line.trim().split_once(' '))
            .with_context(|| format!("{name} said nothing of {what}"))?;
        anyhow::Ok(Bytes {
            allocated: number(allocated),
            resident: number(resident),
        })
    };
    Ok(Answer {
        payload: bytes("payload")?,
        full: bytes("full")?,
        cleared: bytes("cleared")?,
        expired: bytes("expired")?,
        tidied: bytes("tidied")?,
    })
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// `cargo run` of this program builds this program alone.
fn run(arguments: &[&str]) -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--bin", "memory"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
            "--",
        ])
        .args(arguments)
        .output()
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "memory {arguments:?} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
