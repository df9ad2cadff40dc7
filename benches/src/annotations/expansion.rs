//! Asks the program `expansion` beside this one how long the attributes take for a function, without the compiler.

use std::{env, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{
    report::{Page, figure, spread},
    rounds::Series,
};

pub(super) fn measure(page: &mut Page) -> Result<()> {
    let said = run()?;
    page.part("Reading a function and writing what becomes of it");
    page.text(
        "Microseconds a function for 100 functions each, of the sources of `cached-macros` in a program of their own, built as cargo builds macros for \
         a program under development: without optimization.",
    );
    let mut rows = Vec::new();
    for line in said.lines() {
        let (name, rounds) = line.split_once('\t').context("no line of an answer")?;
        let rounds = rounds
            .split(' ')
            .map(|each| each.parse().unwrap_or(f64::NAN));
        let series: Series = rounds.collect();
        page.samples("expansion", name, &[], "µs a function", &series);
        rows.push(vec![
            name.to_owned(),
            figure(series.median()),
            spread(&series),
        ]);
    }
    page.table(&["", "µs", "spread"], rows);
    Ok(())
}

fn run() -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "cached-benches-expansion"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "expansion failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
