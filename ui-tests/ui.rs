//! What the compiler says about wrong uses of the attributes, word for word, and that right uses compile and run.
//!
//! `TRYBUILD=overwrite cargo test -p cached-ui-tests` takes the present words as the goldens; read the diff.
//! `cargo test -p cached-ui-tests --test ui -- trybuild=<part of a path>` runs a few of them.
#![expect(clippy::print_stderr, reason = "this is a test runner")]

use std::process::Command;

fn main() {
    let pinned = pinned();
    let present = present();
    if pinned.is_none() || pinned != present {
        let name = |version: Option<String>| version.unwrap_or_else(|| "unknown".to_owned());
        eprintln!(
            "ui tests SKIPPED: the goldens are the words of rustc {}, not of {}",
            name(pinned),
            name(present)
        );
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*/*.rs");
}

/// The compiler that the goldens were taken from.
fn pinned() -> Option<String> {
    let toolchain = include_str!("../rust-toolchain.toml");
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = "))?;
    Some(channel.trim_matches('"').to_owned())
}

/// The compiler that is about to speak.
fn present() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.split(' ').nth(1).map(str::to_owned)
}
