//! The audit of a program whose attributes are all in a dependency: for programs, and in the log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    env,
    fmt::{self, Write},
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use cached_runtime::{Audit, Caches, Severity, audit};
use cached_tests_services as _;
use serde_json::{Value, json};
use tracing::{
    Event, Metadata, Subscriber, field::Field, field::Visit, span, subscriber::with_default,
};

/// `CACHED_BLESS=1` takes the list as it is now.
fn golden() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("linked/audit.json");
    if env::var_os("CACHED_BLESS").is_some() {
        fs::write(&path, audit().to_json() + "\n").unwrap();
    }
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_list_for_programs_has_the_shape_that_is_documented() {
    let audit = audit();
    assert_eq!(audit.to_json() + "\n", golden());
    let parsed: Value = serde_json::from_str(&audit.to_json()).unwrap();
    assert_eq!(parsed, expected(&audit));
    let counts = [&parsed["cached_methods"], &parsed["mutators"]];
    assert!(counts.iter().all(|it| it.as_u64() > Some(1)), "{counts:?}");
}

/// The same list, put together by a library that knows JSON.
fn expected(audit: &Audit) -> Value {
    // The audit has no numbers but these, which only people and programs are told.
    let golden: Value = serde_json::from_str(&golden()).unwrap();
    let findings = audit.findings().iter().map(|finding| {
        let places = finding.places().iter().map(|place| {
            let location = place.location();
            json!({
                "function": place.function(),
                "module": location.module,
                "file": location.file,
                "line": location.line,
                "column": location.column,
                "says": place.says(),
            })
        });
        json!({
            "severity": finding.severity().name(),
            "kind": finding.kind().name(),
            "subject": finding.subject(),
            "message": finding.message(),
            "did_you_mean": finding.did_you_mean(),
            "note": finding.note(),
            "places": places.collect::<Vec<_>>(),
        })
    });
    json!({
        "version": 1,
        "is_sound": audit.is_sound(),
        "cached_methods": golden["cached_methods"],
        "mutators": golden["mutators"],
        "findings": findings.collect::<Vec<_>>(),
    })
}

#[test]
fn a_program_that_only_refers_to_the_crate_has_its_attributes() {
    let output = Command::new(env!("CARGO_BIN_EXE_linked")).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), golden());
}

#[test]
fn the_first_use_of_the_global_caches_logs_a_line_for_each_finding() {
    let lines = Lines::default();
    with_default(lines.clone(), || {
        Caches::global();
        Caches::global();
    });
    let audit = audit();
    let expected = audit.findings().iter().map(|finding| {
        let level = match finding.severity() {
            Severity::Error => "WARN",
            Severity::Remark => "INFO",
        };
        let kind = finding.kind().name();
        format!("{level} cached_runtime::audit kind={kind} {finding}")
    });
    let expected: Vec<_> = expected.collect();
    let lines = lines.0.lock().unwrap();
    assert_eq!(*lines, expected);
    let told = lines.join("\n");
    for start in ["WARN", "INFO"] {
        assert!(told.lines().any(|line| line.starts_with(start)), "{told}");
    }
    assert!(told.contains(
        "in `misspelt`: pattern `invoices:custmer:<customer>*` matches no key of any cached method; did you mean \
         `invoices:customer:<customer>*`?"
    ));
}

/// What is logged by the toolkit on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("cached_runtime")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line::default();
        event.record(&mut line);
        let line = format!(
            "{} {}{}{}",
            metadata.level(),
            metadata.target(),
            line.fields,
            line.message
        );
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Line {
    fields: String,
    message: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.fields, " {}={value}", field.name()).unwrap();
    }

    fn record_debug(&mut self, _: &Field, value: &dyn fmt::Debug) {
        write!(self.message, " {value:?}").unwrap();
    }
}
