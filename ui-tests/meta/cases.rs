//! The cases as they lie on the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalogue::{self, Entry};
use crate::golden::{self, Told};

/// A program that must not compile.
#[derive(Clone)]
pub(crate) struct Case {
    /// `<topic>/<fault>`
    pub(crate) name: String,
    pub(crate) source: String,
    /// What the compiler says about it; `None` where that is not written down.
    pub(crate) golden: Option<Vec<Told>>,
}

pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn cases() -> io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for topic in sorted(&folder().join("fail"))? {
        for path in sorted(&topic)? {
            if path.extension().is_some_and(|extension| extension == "rs") {
                cases.push(Case {
                    name: format!("{}/{}", stem(&topic), stem(&path)),
                    source: fs::read_to_string(&path)?,
                    golden: fs::read_to_string(path.with_extension("stderr"))
                        .ok()
                        .map(|golden| golden::parse(&golden)),
                });
            }
        }
    }
    Ok(cases)
}

/// Goldens that belong to no case any more.
pub(crate) fn orphans() -> io::Result<Vec<String>> {
    let mut orphans = Vec::new();
    for topic in sorted(&folder().join("fail"))? {
        for path in sorted(&topic)? {
            if path.extension().is_none_or(|extension| extension != "rs")
                && !path.with_extension("rs").exists()
            {
                orphans.push(format!("{} belongs to no case", path.display()));
            }
        }
    }
    Ok(orphans)
}

/// The entries of all topics, and what is wrong with their files.
pub(crate) fn catalogue() -> io::Result<(Vec<Entry>, Vec<String>)> {
    let mut entries = Vec::new();
    let mut complaints = Vec::new();
    for path in sorted(&folder().join("catalogue"))? {
        match catalogue::parse(&stem(&path), &fs::read_to_string(&path)?) {
            Ok(topic) => entries.extend(topic),
            Err(complaint) => complaints.push(complaint),
        }
    }
    Ok((entries, complaints))
}

pub(crate) fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
