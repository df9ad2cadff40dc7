//! The rules, held to the catalogue, the cases and the sources as they lie on the disk.

use std::fs;
use std::path::Path;

use crate::cases::{cases, catalogue, folder, orphans, sorted};
use crate::catalogue::Entry;
use crate::spoken::{Source, Spoken};
use crate::{agreement, docs, options, spoken, voice};

#[track_caller]
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_catalogue_and_the_cases_agree() {
    let (catalogue, mut complaints) = catalogue().unwrap();
    complaints.extend(orphans().unwrap());
    complaints.extend(agreement::check(&catalogue, &cases().unwrap()));
    none(&complaints);
}

#[test]
fn every_error_has_the_voice() {
    let (catalogue, mut complaints) = catalogue().unwrap();
    for case in cases().unwrap() {
        let golden = case.golden.iter().flatten();
        let ours: Vec<_> = golden
            .filter(|told| agreement::told(&catalogue, told).is_ok_and(Entry::is_ours))
            .collect();
        let of_each = ours.iter().flat_map(|told| voice::error(told));
        for complaint in of_each.chain(voice::twice(&ours)) {
            complaints.push(format!("{}: {complaint}", case.name));
        }
    }
    none(&complaints);
}

#[test]
fn every_option_has_a_case_in_each_attribute_that_takes_it() {
    none(&options::check(&cases().unwrap()));
}

/// Sentences of the grammar about texts that come at run time.
const AT_RUN_TIME: &[&str] = &["`…` has no value here", "`…` is not escaped"];

/// Where others speak through us: the parser of Rust's syntax, and the grammar of keys, whose sentences are read at home.
const STRANGERS: &[(&str, &str)] = &[
    ("cached-macros/src/report.rs", "error.to_string()"),
    ("cached-macros/src/literal.rs", "error.fault().to_string()"),
];

/// What the parser of Rust's syntax says in goldens.
const SYNTAX: &[&str] = &["expected an expression"];

#[test]
fn every_headline_in_the_source_is_shown_by_a_case() {
    let cases = cases().unwrap();
    let errors = cases.iter().flat_map(|case| &case.golden).flatten();
    let heard: Vec<_> = errors.map(|told| told.headline.as_str()).collect();
    let mut complaints = Vec::new();
    for spoken in speakers() {
        complaints.extend(spoken::unheard(&spoken, &heard, AT_RUN_TIME));
        complaints.extend(spoken::hidden(&spoken, STRANGERS));
    }
    none(&complaints);
}

#[test]
fn every_headline_of_a_case_is_in_the_source() {
    let (catalogue, _) = catalogue().unwrap();
    let cases = cases().unwrap();
    let errors = cases.iter().flat_map(|case| &case.golden).flatten();
    let ours: Vec<_> = errors
        .filter(|told| agreement::told(&catalogue, told).is_ok_and(Entry::is_ours))
        .map(|told| told.headline.as_str())
        .collect();
    assert!(!ours.is_empty());
    none(&spoken::unspoken(&speakers(), &ours, SYNTAX));
}

fn speakers() -> Vec<Spoken> {
    let packages = ["cached-key", "cached-macros", "cached-runtime"];
    packages.into_iter().map(spoken_by).collect()
}

fn spoken_by(package: &str) -> Spoken {
    let mut files = Vec::new();
    let mut folders = vec![folder().join("..").join(package).join("src")];
    while let Some(next) = folders.pop() {
        for path in sorted(&next).unwrap() {
            if path.is_dir() {
                // Tests speak to nobody.
                if path.file_name().is_some_and(|name| name != "tests") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let sources: Vec<_> = files.iter().map(|path| source(path)).collect();
    spoken::scan(&sources)
}

fn source(path: &Path) -> Source {
    let file = syn::parse_file(&fs::read_to_string(path).unwrap());
    Source {
        path: path.display().to_string().replace('\\', "/"),
        file: file.unwrap(),
    }
}

#[test]
fn pages_print_what_the_terminal_shows() {
    assert!(printed("../README.md") >= 1);
    assert!(printed("../cached-runtime/docs/errors.md") >= 10);
}

/// How many messages a page prints, which all are those of the goldens.
#[track_caller]
fn printed(page: &str) -> usize {
    let path = folder().join(page);
    let page = fs::read_to_string(&path).unwrap();
    let golden = |case: &str| fs::read_to_string(folder().join(format!("fail/{case}.stderr"))).ok();
    let (filled, count) = docs::filled(&page, golden).unwrap();
    if std::env::var_os("CACHED_BLESS").is_some() {
        fs::write(&path, &filled).unwrap();
    } else {
        assert!(
            page == filled,
            "{} prints old messages; CACHED_BLESS=1 writes the present ones into it",
            path.display()
        );
    }
    count
}
