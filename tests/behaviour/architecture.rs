//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(of: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("goldens") {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(of), &mut found);
    assert!(!found.is_empty());
    found
}

/// The code of a file without its unit tests.
fn code(source: &str) -> &str {
    source
        .split_once("#[cfg(test)]")
        .map_or(source, |(code, _)| code)
}

/// The same law for the audit, of which only its root knows that there are caches.
const AUDIT: &[(&str, &[&str])] = &[
    ("audit/finding.rs", &["registry"]),
    ("audit/declared.rs", &["policy", "registry"]),
    ("audit/outline.rs", &[]),
    ("audit/stored_type.rs", &[]),
    ("audit/policies.rs", &["policy"]),
    ("audit/reach.rs", &[]),
    ("audit/breadth.rs", &[]),
    ("audit/keeper.rs", &[]),
    ("audit/settings.rs", &[]),
    ("audit/report.rs", &[]),
    ("audit/json.rs", &[]),
    ("audit/mod.rs", &["caches", "registry"]),
];

/// And for writing behind.
const WRITE_BEHIND: &[(&str, &[&str])] = &[
    ("write_behind/backoff.rs", &[]),
    ("write_behind/error.rs", &[]),
    ("write_behind/queue.rs", &["cache", "sync"]),
    ("write_behind/report.rs", &["cache", "sync", "value"]),
    ("write_behind/sink.rs", &["cache", "value"]),
    ("write_behind/batch.rs", &["cache"]),
    ("write_behind/worker.rs", &[]),
    ("write_behind/builder.rs", &["caches", "policy"]),
    (
        "write_behind/mod.rs",
        &["cache", "caches", "policy", "value"],
    ),
];

#[test]
fn modules_import_downwards_only() {
    // From the top: what a module may name of its own crate.
    let law: &[(&str, &[&str])] = &[
        ("time.rs", &[]),
        ("value.rs", &[]),
        ("key_part.rs", &[]),
        ("error.rs", &[]),
        ("policy.rs", &["time"]),
        ("sync.rs", &[]),
        ("in_place.rs", &[]),
        ("shape.rs", &["error"]),
        ("context.rs", &["sync"]),
        ("stats/mod.rs", &[]),
        ("stats/counters.rs", &[]),
        ("stats/number.rs", &[]),
        ("stats/stripe.rs", &[]),
        ("settings.rs", &["error", "policy", "time"]),
        ("registry.rs", &["policy", "site"]),
        ("cache/scope.rs", &["sync"]),
        ("cache/tree/mod.rs", &[]),
        ("cache/tree/mark.rs", &["cache"]),
        ("cache/tree/reclaim.rs", &["cache"]),
        ("cache/tree/leaf.rs", &[]),
        ("cache/tree/children.rs", &["cache"]),
        ("cache/tree/edge.rs", &[]),
        ("cache/tree/slots.rs", &[]),
        ("cache/critical.rs", &["sync"]),
        ("cache/turns.rs", &["sync"]),
        ("cache/lifetime.rs", &["policy", "time"]),
        ("cache/content.rs", &["sync"]),
        ("cache/directory/mod.rs", &["sync"]),
        ("cache/directory/renewal.rs", &["cache", "sync"]),
        ("cache/heat.rs", &[]),
        ("cache/eviction/tick.rs", &["time"]),
        ("cache/eviction/sketch.rs", &[]),
        ("cache/eviction/referee.rs", &[]),
        ("cache/eviction/slots.rs", &[]),
        ("cache/eviction/policy.rs", &["time"]),
        ("cache/eviction/mod.rs", &["sync", "time"]),
        ("cache/upkeep.rs", &["sync"]),
        ("cache/entry.rs", &["sync", "time"]),
        ("cache/waits.rs", &["context", "sync"]),
        ("cache/miss.rs", &["policy"]),
        ("cache/fence.rs", &[]),
        ("cache/flights.rs", &[]),
        ("cache/flight.rs", &["context", "shape", "sync", "value"]),
        ("cache/board.rs", &["shape", "value"]),
        ("cache/course.rs", &["policy", "time"]),
        ("cache/lead.rs", &["context", "shape", "time", "value"]),
        ("cache/count.rs", &["policy", "sync", "time"]),
        ("cache/many.rs", &["policy", "value"]),
        ("cache/overlay.rs", &["policy", "shape", "sync", "value"]),
        ("warm.rs", &["caches"]),
        ("cache/update.rs", &["policy", "value"]),
        ("by_hand.rs", &["caches", "transaction"]),
        ("transaction.rs", &["caches", "context", "sync"]),
        ("mutator/drafts.rs", &["caches", "key_part"]),
        ("mutator/update.rs", &["cache", "caches", "policy", "value"]),
        (
            "mutator/mod.rs",
            &[
                "cache",
                "caches",
                "context",
                "registry",
                "shape",
                "site",
                "transaction",
                "value",
            ],
        ),
        ("cache/load.rs", &["context", "shape", "sync", "value"]),
        ("cache/act.rs", &["sync"]),
        ("cache/reclaim.rs", &["sync"]),
        (
            "cache/store.rs",
            &["policy", "shape", "sync", "time", "value"],
        ),
        ("cache/read.rs", &["shape", "sync", "time", "value"]),
        (
            "cache/core.rs",
            &["policy", "settings", "stats", "sync", "time"],
        ),
    ];
    for (file, allowed) in law.iter().chain(AUDIT).chain(WRITE_BEHIND) {
        let path = root().join("cached-runtime/src").join(file);
        let source = fs::read_to_string(&path).unwrap();
        for module in imports(code(&source)) {
            assert!(
                allowed.contains(&module.as_str()),
                "{file} must not import crate::{module}"
            );
        }
    }
}

/// The modules named by `use crate::…`.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use crate::") {
        let rest = code[at..].trim_start_matches("use crate::");
        let statement = rest.split(';').next().unwrap();
        match statement.strip_prefix('{') {
            None => found.push(statement.split("::").next().unwrap().to_owned()),
            Some(group) => {
                let mut depth = 0;
                let mut name = String::new();
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.push(std::mem::take(&mut name)),
                        _ if depth == 0 => name.push(c),
                        _ => {}
                    }
                }
                found.push(name);
            }
        }
    }
    found
        .iter()
        .map(|name| name.trim().split("::").next().unwrap().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn imports_are_found() {
    assert_eq!(
        imports("use crate::{\n    a::B,\n    c::{D, e::F},\n    g,\n};\nuse crate::h::I;"),
        ["a", "c", "g", "h"]
    );
}

#[test]
fn the_grammar_and_the_macros_stand_alone() {
    let manifest = fs::read_to_string(root().join("cached-key/Cargo.toml")).unwrap();
    assert!(
        !manifest.contains("\n[dependencies]"),
        "cached-key has no dependencies"
    );
    for (file, source) in sources("cached-macros/src") {
        assert!(
            !code(&source).contains("use cached_runtime"),
            "{file} must not use the runtime"
        );
        assert!(
            !code(&source).contains("std::env"),
            "{file} must not read the environment"
        );
    }
}

#[test]
fn nothing_is_left_to_be_done() {
    for folder in ["cached-key/src", "cached-macros/src", "cached-runtime/src"] {
        for (file, source) in sources(folder) {
            for word in ["todo!", "unimplemented!", "FIXME", "println!"] {
                assert!(
                    !code(&source)
                        .lines()
                        .any(|line| !line.trim_start().starts_with("//") && line.contains(word)),
                    "{word} in {file}"
                );
            }
        }
    }
}

/// The lint refuses `unsafe`, unless something allows it.
#[test]
fn nothing_of_ours_is_unsafe() {
    for folder in ["cached-key/src", "cached-macros/src", "cached-runtime/src"] {
        for (file, source) in sources(folder) {
            let source = source.replace("#![forbid(unsafe_code)]", "");
            assert!(!source.contains("unsafe_code"), "{file}");
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
}

#[test]
fn every_module_opens_with_a_sentence() {
    for folder in ["cached-key/src", "cached-macros/src", "cached-runtime/src"] {
        for (file, source) in sources(folder) {
            assert!(
                source.starts_with("//!") || source.starts_with("#![doc"),
                "{file}"
            );
        }
    }
}

#[test]
fn expanded_code_names_the_private_module_only() {
    let runtime = fs::read_to_string(root().join("cached-runtime/src/__private.rs")).unwrap();
    for (file, source) in sources("cached-runtime/src") {
        if !file.ends_with("__private.rs") {
            assert!(!code(&source).contains("use crate::__private"), "{file}");
        }
    }
    assert!(runtime.contains("pub fn lookup"));
}

/// The words in backticks that are paths of small letters: modules, and tests in them.
fn paths(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:…".contains(c);
    let words = text.split('`').skip(1).step_by(2);
    words
        .filter(|word| word.contains("::") && word.chars().all(is_part))
        .collect()
}

/// Whether a file defines the module of this path; unit tests are in a module of the file itself, or in a file beside it.
fn defines(file: &str, module: &str) -> bool {
    let file = file.strip_suffix(".rs").unwrap_or(file);
    let root = file.strip_suffix("/mod").or(file.strip_suffix("/main"));
    let file = root.unwrap_or(file);
    let is_in = |module: &str| file.ends_with(&format!("/{}", module.replace("::", "/")));
    is_in(module) || module.strip_suffix("::tests").is_some_and(is_in)
}

/// Whether a file has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let name = format!("fn {name}(");
    let mut test = false;
    for line in source.lines().map(str::trim_start) {
        if line.contains(&name) {
            return test;
        }
        if !line.starts_with("//") {
            test = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        }
    }
    false
}

#[test]
fn what_architecture_md_names_is_there() {
    let book = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut files = sources("tests");
    for folder in [
        "cached-key/src",
        "cached-macros/src",
        "cached-runtime/src",
        "ui-tests/meta",
    ] {
        files.extend(sources(folder));
    }
    for path in paths(&book) {
        let (module, name) = path.rsplit_once("::").unwrap();
        let is_test =
            |(file, source): &(String, String)| defines(file, module) && has_test(source, name);
        let is_there = files
            .iter()
            .any(|file| defines(&file.0, path) || is_test(file));
        assert!(is_there, "there is no `{path}`");
    }
    let (_, cancellation) = book.split_once("## Cancellation and panics").unwrap();
    let (table, _) = cancellation.split_once("\n## ").unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 20);
    for row in rows.into_iter().skip(2) {
        assert!(!paths(row).is_empty(), "no test shows {row}");
    }
}

#[test]
fn tests_are_found_by_their_names() {
    let source =
        "#[tokio::test]\n/// Why.\nasync fn one() {\n}\nfn two() {}\n#[test]\nfn three() {}";
    assert!(has_test(source, "one") && !has_test(source, "two") && has_test(source, "three"));
    assert_eq!(
        paths("`a::b`, `A::b`, `a::b()`, `a`, `c::d_…`"),
        ["a::b", "c::d_…"]
    );
    assert!(
        defines("x/tests/behaviour/a/b.rs", "a::b")
            && defines("x/src/cache/a.rs", "cache::a::tests")
            && defines("x/src/cache/a/tests.rs", "cache::a::tests")
    );
    assert!(defines("x/a/mod.rs", "a") && defines("x/a/main.rs", "a") && !defines("x/ba.rs", "a"));
}
