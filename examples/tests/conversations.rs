//! The program `conversations`, from its command line to its exit status.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// Runs the program on a small database in `data`.
fn run(data: &Path, arguments: &[&str]) -> Output {
    let small = [
        "--conversations",
        "200",
        "--messages",
        "3000",
        "--tasks",
        "4",
    ];
    Command::new(env!("CARGO_BIN_EXE_conversations"))
        .args(small)
        .arg("--data")
        .arg(data)
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// It ended with status 2 and said this.
fn assert_refused(output: &Output, expected: &str) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(expected), "{message}");
    assert!(!message.contains("panicked"), "{message}");
}

fn assert_trace_refused(name: &str, content: &[u8], expected: &str) {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join(name);
    fs::write(&file, content).unwrap();
    assert_refused(
        &run(directory.path(), &["--trace", file.to_str().unwrap()]),
        expected,
    );
    assert!(
        fs::read_dir(directory.path()).unwrap().count() == 1,
        "no database is made for a trace that cannot be read"
    );
}

#[test]
fn a_run_is_right_and_the_next_one_finds_its_database() {
    let data = TempDir::new().unwrap();
    let first = run(data.path(), &["--operations", "4000"]);
    assert!(
        first.status.success(),
        "{}{}",
        stdout(&first),
        stderr(&first)
    );
    assert!(
        stdout(&first).contains("Every answer was right."),
        "{}",
        stdout(&first)
    );
    assert!(
        stdout(&first).contains("│ conversations ┆"),
        "{}",
        stdout(&first)
    );

    let database = data.path().join("conversations-200-3000.db");
    let created = fs::metadata(&database).unwrap().created().unwrap();
    let second = run(data.path(), &["--operations", "4000", "--seed", "2"]);
    assert!(
        second.status.success(),
        "{}{}",
        stdout(&second),
        stderr(&second)
    );
    assert_eq!(fs::metadata(&database).unwrap().created().unwrap(), created);
}

#[test]
fn few_entries_and_many_changes_are_right_too() {
    let data = TempDir::new().unwrap();
    let harsh = [
        "--operations",
        "4000",
        "--capacity",
        "50",
        "--mutations",
        "40",
        "--hang-ups",
        "20",
    ];
    let output = run(data.path(), &harsh);
    assert!(
        output.status.success(),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
}

#[test]
fn forgotten_invalidations_are_noticed() {
    let data = TempDir::new().unwrap();
    let output = run(
        data.path(),
        &["--operations", "4000", "--forget-invalidation"],
    );
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert!(
        stdout(&output).contains("answers were WRONG"),
        "{}",
        stdout(&output)
    );
    assert!(
        stdout(&output).contains("\n  stale: "),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_trace_is_replayed() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("some.trace");
    let accesses: Vec<u8> = (0..3000_u32)
        .flat_map(|access| (access * access % 997).to_be_bytes())
        .collect();
    fs::write(&file, accesses).unwrap();

    let whole = run(data.path(), &["--trace", file.to_str().unwrap()]);
    assert!(
        whole.status.success(),
        "{}{}",
        stdout(&whole),
        stderr(&whole)
    );
    assert!(stdout(&whole).contains("Every answer was right."));

    let part = run(
        data.path(),
        &["--trace", file.to_str().unwrap(), "--limit", "1"],
    );
    assert!(part.status.success(), "{}{}", stdout(&part), stderr(&part));
}

#[test]
fn an_unreadable_trace_is_refused() {
    let data = TempDir::new().unwrap();
    assert_refused(
        &run(data.path(), &["--trace", "no-such.trace"]),
        "cannot open the trace no-such.trace: ",
    );
    assert_trace_refused(
        "cut.trace",
        &[0; 10],
        "is cut off: 10 bytes are not a whole number of 4-byte accesses",
    );
    assert_trace_refused("empty.trace", b"", "holds no accesses");
    assert_trace_refused("empty.xz", b"", "holds no accesses");
    assert_trace_refused(
        "garbage.xz",
        b"certainly not xz",
        "is called .xz, but is not an xz file",
    );
    assert_trace_refused(
        "damaged.xz",
        b"\xFD7zXZ\0 and then nothing",
        "is damaged or cut off",
    );
}

#[test]
fn nonsense_on_the_command_line_is_refused() {
    let data = TempDir::new().unwrap();
    for (arguments, expected) in [
        (&["--tasks", "0"][..], "invalid value '0' for '--tasks <N>'"),
        (
            &["--mutations", "101"],
            "invalid value '101' for '--mutations <PERCENT>'",
        ),
        (&["--skew", "steep"], "expected a number from 0 to 10"),
        (&["--limit", "5"], "--trace <FILE>"),
        (
            &["--seconds", "5", "--operations", "5"],
            "cannot be used with",
        ),
        (&["--trace", "x", "--seconds", "5"], "cannot be used with"),
        (
            &["--messages", "199"],
            "199 messages are too few for 200 conversations",
        ),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
    ] {
        assert_refused(&run(data.path(), arguments), expected);
    }
}

#[test]
fn a_damaged_database_is_named() {
    let data = TempDir::new().unwrap();
    fs::write(data.path().join("conversations-200-3000.db"), [b'?'; 5000]).unwrap();
    assert_refused(
        &run(data.path(), &["--operations", "1"]),
        "delete it to have it made again",
    );
}

#[test]
fn a_database_in_use_is_left_alone() {
    let data = TempDir::new().unwrap();
    let lock = File::create(data.path().join("in-use.lock")).unwrap();
    lock.try_lock().unwrap();
    assert_refused(
        &run(data.path(), &["--operations", "1"]),
        "another run is using",
    );
}
