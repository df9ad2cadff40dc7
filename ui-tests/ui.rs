//! What the compiler says about wrong uses of the attributes, word for word, and that right uses compile and run.
//!
//! `TRYBUILD=overwrite cargo test -p cached-ui-tests --test ui` takes the present words as the goldens; read the diff.
//! `cargo test -p cached-ui-tests --test ui -- trybuild=<part of a path>` runs a few of them.
#![expect(clippy::print_stderr, reason = "this is a test runner")]

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

#[path = "meta/toolchain.rs"]
mod toolchain;

use toolchain::{Compilers, channel, stranger, version};

fn main() -> ExitCode {
    let rustc = present(&["--version"]);
    let sysroot = present(&["--print", "sysroot"]);
    let stranger = stranger(Compilers {
        pinned: channel(include_str!("../rust-toolchain.toml")),
        present: rustc.as_deref().and_then(version),
        unlocked: env::var_os("RUSTC_BOOTSTRAP").is_some(),
        quotes: sysroot.is_some_and(|sysroot| has_sources(Path::new(sysroot.trim()))),
    });
    let blesses = env::var_os("TRYBUILD").is_some_and(|action| action == "overwrite");
    if let Some(reason) = &stranger {
        eprintln!("\nui tests of compile errors SKIPPED: {reason}\n");
        if blesses {
            eprintln!("goldens are blessed by the pinned compiler only\n");
            return ExitCode::FAILURE;
        }
    }
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    if stranger.is_none() {
        cases.compile_fail("fail/*/*.rs");
    }
    ExitCode::SUCCESS
}

/// What the compiler that is about to speak says of itself.
fn present(arguments: &[&str]) -> Option<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()
}

fn has_sources(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library").exists()
}
