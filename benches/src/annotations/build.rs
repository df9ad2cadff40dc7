//! A workspace of generated programs beside the built benches, and how long cargo takes for one of them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use super::generate::Kind;

const BENCHES: &str = env!("CARGO_MANIFEST_DIR");

pub(super) struct Workspace(PathBuf);

/// What cargo is told to do.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// After an edit.
    Check,
    /// Without anything that is left of an earlier check.
    CheckAnew,
    Build,
}

impl Step {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::CheckAnew => &["check", "--profile", "anew"],
            Self::Build => &["build", "--release"],
        }
    }
}

impl Workspace {
    /// With a program of each kind and size. What they depend on is built, with the versions of the benches.
    pub(super) fn create(kinds: &[Kind], sizes: &[u32]) -> Result<Self> {
        let this = Self(folder()?);
        let mut members = Vec::new();
        for kind in kinds {
            for &functions in sizes {
                let package = kind.package(functions);
                this.write(&format!("{package}/Cargo.toml"), &manifest(&package))?;
                this.write(&format!("{package}/src/main.rs"), &kind.program(functions))?;
                members.push(format!("\"{package}\""));
            }
        }
        let members = members.join(", ");
        this.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[profile.anew]\ninherits = \"dev\"\nincremental = false\n"
            ),
        )?;
        fs::copy(
            Path::new(BENCHES).join("Cargo.lock"),
            this.0.join("Cargo.lock"),
        )?;
        for step in [Step::Check, Step::CheckAnew, Step::Build] {
            this.cargo(step, &["--workspace"])?;
        }
        Ok(this)
    }

    /// How long it takes to do `step` for one package, and for nothing that it depends on.
    pub(super) fn time(&self, step: Step, package: &str) -> Result<Duration> {
        let main = self.0.join(package).join("src/main.rs");
        // As if it had been edited.
        fs::write(&main, fs::read(&main)?)?;
        let begun = Instant::now();
        self.cargo(step, &["--package", package])?;
        Ok(begun.elapsed())
    }

    /// The bytes of machine code in a program that was built, where there is a `size` to tell.
    pub(super) fn text(&self, package: &str) -> Option<u32> {
        let program = self.0.join("target/release").join(package);
        let output = Command::new("size").arg("-A").arg(program).output().ok()?;
        let sections = String::from_utf8(output.stdout).ok()?;
        let text = sections.lines().find(|line| line.starts_with(".text "))?;
        text.split_whitespace().nth(1)?.parse().ok()
    }

    fn cargo(&self, step: Step, arguments: &[&str]) -> Result<()> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .args(step.arguments())
            .args(["--quiet", "--offline"])
            .args(arguments)
            .output()
            .context("cannot run cargo")?;
        ensure!(
            output.status.success(),
            "cargo failed in {}: {}",
            self.0.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(())
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.0.join(file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // What is the same keeps its time, and cargo what it built of it.
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// In the target folder of this program, so that what is built is still there the next time.
fn folder() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2).context("no target folder")?;
    Ok(target.join("annotations"))
}

/// All depend on the same crates, lest one has less to look at.
fn manifest(package: &str) -> String {
    let runtime = Path::new(BENCHES).join("../cached-runtime");
    format!(
        r#"[package]
name = "{package}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
cached = {{ version = "4.1", features = ["async"] }}
cached-runtime = {{ path = '{}' }}
moka = {{ version = "0.12.16", features = ["future", "sync"] }}
"#,
        runtime.display()
    )
}
