//! Gives the program the commit and the target it was built from, for `alter --version`.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    println!("cargo::rustc-env=ALTER_COMMIT={}", commit());
    println!(
        "cargo::rustc-env=ALTER_TARGET={}",
        std::env::var("TARGET").unwrap_or_default()
    );
}

fn commit() -> String {
    Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|out| out.status.success())
        .and_then(|out| String::from_utf8(out.stdout).ok())
        .map_or_else(|| "no commit".into(), |out| out.trim().to_owned())
}
