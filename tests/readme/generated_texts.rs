//! Texts that are generated and stored in the repository: compared in tests, written when `REWRITE_GOLDEN` is set.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::alter::PROGRAM;

/// A path below the top of the repository.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// What a file holds, nothing when it is not there.
pub(crate) fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap_or_default()
}

/// Whether the files are to be written.
pub(crate) fn rewriting() -> bool {
    env::var_os("REWRITE_GOLDEN").is_some()
}

/// Holds what is stored against what it should be, or writes that.
pub(crate) fn check(relative: &str, stored: &str, expected: &str) {
    if stored == expected {
        return;
    }
    if rewriting() {
        fs::create_dir_all(path(relative).parent().unwrap()).unwrap();
        fs::write(path(relative), expected).unwrap();
        return;
    }
    let same = stored
        .lines()
        .zip(expected.lines())
        .take_while(|(stored, expected)| stored == expected)
        .count();
    panic!(
        "{relative} is not what the programs say; scripts/golden writes it anew. Line {}:\n  stored: {}\n  said: {}",
        same + 1,
        stored.lines().nth(same).unwrap_or("(the end)"),
        expected.lines().nth(same).unwrap_or("(the end)"),
    );
}

/// What `alter` prints.
pub(crate) fn alter(words: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(words).env_clear().output().unwrap();
    assert!(output.status.success(), "alter {words:?} failed");
    String::from_utf8(output.stdout).unwrap()
}
