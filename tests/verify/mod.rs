//! `alter verify`: small repositories with one fault each, and what its gates ask the portal.

mod faults;
mod gates;
mod hostile;
mod installed;
mod shared_clients;

use std::fs;
use std::path::{Path, PathBuf};

/// A folder beside this file.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify").join(name)
}

/// Copies everything below a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
