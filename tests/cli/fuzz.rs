//! A short run of `scripts/fuzz`, so that the fuzz program itself cannot rot.

use std::process::Command;

use crate::support::alter::PROGRAM;

#[test]
fn a_short_run_finds_no_fault() {
    let run = Command::new("python3")
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/fuzz"), "60", "--cases", "60"])
        .args(["--alter", PROGRAM])
        .output()
        .expect("python3 is installed by scripts/setup");
    let (stdout, stderr) =
        (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{stdout}{stderr}");
}
