//! The example of the strategies, run as a user would.

use std::process::Command;

#[test]
fn positions_are_served_at_once_and_written_behind() {
    let output = Command::new(env!("CARGO_BIN_EXE_presence"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for line in [
        "200 names are warm",
        "10000 of 20000 signals were taken",
        "user 7 is Ada now",
    ] {
        assert!(said.contains(line), "{said}");
    }
}
