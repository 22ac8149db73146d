//! Short runs of `scripts/fuzz/run` and `scripts/fuzz/faults`, so that these programs themselves cannot rot.

use std::process::Command;

use crate::support::{alter, portal};

#[track_caller]
fn finds_no_fault(script: &str, args: &[&str]) {
    let path = format!("{}/scripts/{script}", env!("CARGO_MANIFEST_DIR"));
    let run = Command::new("python3")
        .arg(path)
        .args(args)
        .args(["--alter", alter::PROGRAM])
        .output()
        .expect("python3 is installed by scripts/setup");
    let (stdout, stderr) =
        (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{stdout}{stderr}");
}

#[test]
fn a_hundred_random_cases() {
    finds_no_fault("fuzz/run", &["60", "--cases", "100"]);
}

/// A terminal shows the messages of a call and its result as one.
#[test]
fn a_message_on_a_terminal_is_not_taken_for_a_result() {
    finds_no_fault("fuzz/run", &["60", "--seed", "23", "--only", "38038"]);
}

#[test]
fn a_hundred_changes_at_a_portal_that_fails() {
    finds_no_fault("fuzz/faults", &["100", "40", "--jobs", "10", "--portal", portal::PROGRAM]);
}
