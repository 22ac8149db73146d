//! Gives the program the commit and the target it was built from, for `alter --version`.

use std::path::Path;
use std::process::Command;

fn main() {
    // A path that is not there would have every build start again.
    println!("cargo::rerun-if-changed=src/build.rs");
    let watched = ["HEAD", "logs/HEAD"].map(|name| git(&["rev-parse", "--git-path", name]));
    for path in watched.iter().flatten().filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    println!("cargo::rustc-env=ALTER_COMMIT={}", commit.as_deref().unwrap_or("no commit"));
    println!("cargo::rustc-env=ALTER_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
