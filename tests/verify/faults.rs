//! Repositories under `faults/`: what is found in each stands in its file `findings`, to the line, and nothing else is.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use super::{copy, fixture};
use crate::support::{Alter, Home, alter};

const PACKAGE: &str = "node_modules/@alter-ai/alter-sdk";
const SITE: &str = ".venv/lib/python3.12/site-packages";

/// A copy of a repository with the SDK installed in it.
fn repository(name: &str) -> Home {
    let home = Home::new();
    copy(&fixture("faults").join(name), home.path());
    if name != "sdk-not-installed" {
        copy(&fixture("sdk/python"), &home.join(SITE));
        copy(&fixture("sdk/script"), &home.join(PACKAGE));
    }
    home
}

fn verify(home: &Home) -> Alter {
    alter(["verify"]).home(home)
}

/// What a report has found, one to a line.
fn listed(report: &Value) -> String {
    let findings = report["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings.iter().fold(String::new(), |mut lines, found| {
        let [file, severity, rule] = ["file", "severity", "rule"].map(|key| text(&found[key]));
        let _ = writeln!(lines, "{file}:{} {severity} {rule}", found["line"]);
        lines
    })
}

#[test]
fn every_fault_is_found_at_its_line_and_nothing_else() {
    let names = fs::read_dir(fixture("faults")).expect("repositories");
    let mut count = 0;
    for name in names {
        let name = name.expect("an entry").file_name().into_string().expect("a name");
        let home = repository(&name);
        let wanted = home.read("findings");
        let outcome = verify(&home).run();
        let report = outcome.json();
        assert_eq!(listed(&report), wanted, "{name}: {outcome}");
        let fails = wanted.contains(" error ");
        assert_eq!(report["status"], if fails { "fail" } else { "pass" }, "{name}");
        outcome.exits(i32::from(fails));
        count += 1;
    }
    assert!(count >= 12, "{count} repositories");
}

#[test]
fn the_report_says_what_was_scanned_and_what_is_needed() {
    let home = repository("clean");
    let report = verify(&home).run().exits(0).json();
    assert_eq!(report["files_scanned"], 3);
    assert_eq!(report["required_scopes"], serde_json::json!(["audit:emit", "tokens:retrieve"]));
    let home = repository("wrong-client");
    verify(&home).arg("--output=table").run().exits(1).prints(
        "FILE       LINE  SEVERITY  RULE          MESSAGE\n\
         worker.py  13    error     wrong-client  `runtime_identity: app` goes with App, not with Agent\n",
    );
    let outer = Home::new();
    copy(home.path(), &outer.join("p"));
    let report = verify(&outer).arg("--dir=p").run().exits(1).json();
    assert_eq!(listed(&report), "p/worker.py:13 error wrong-client\n");
}

#[test]
fn the_installed_sdk_may_be_left_out() {
    let home = repository("sdk-not-installed");
    verify(&home).run().exits(1).shows("--skip-sdk-check");
    verify(&home).arg("--skip-sdk-check").run().exits(0);
    // An active environment counts, wherever it is.
    let environment = Home::new();
    copy(&fixture("sdk/python"), &environment.join("lib/python3.13/site-packages"));
    verify(&home).env("VIRTUAL_ENV", environment.path()).run().exits(0);
}

#[test]
fn a_package_as_it_is_published_is_understood() {
    let home = repository("clean");
    fs::remove_dir_all(home.join(PACKAGE)).expect("a package");
    copy(&fixture("sdk/published"), &home.join(PACKAGE));
    copy(&fixture("published"), home.path());
    let report = verify(&home).run().exits(1).json();
    let lines = home.read("unknown.ts").lines().count();
    let wanted = (1..=lines).map(|line| format!("unknown.ts:{line} error unknown-symbol\n"));
    assert_eq!(listed(&report), wanted.collect::<String>());
    // What cannot be read is not held against anybody.
    home.write(&format!("{PACKAGE}/package.json"), "{");
    verify(&home).run().exits(0);
}

#[test]
fn links_and_large_files_are_passed_over() {
    let home = repository("clean");
    let elsewhere = Home::new();
    elsewhere.write("x/a.py", "from alter_sdk import Agent\nAgent(api_key='k')\n");
    symlink(elsewhere.join("x"), home.join("linked")).expect("a link");
    symlink(elsewhere.join("x/a.py"), home.join("linked.py")).expect("a link");
    home.write("large.py", vec![b'#'; (2 << 20) + 1]);
    home.write("latin.py", b"# caf\xe9\nfrom alter_sdk import App\n");
    let outcome = verify(&home).run();
    outcome.exits(0).says("warning: large.py: larger than 2 MiB, not scanned\n");
    assert_eq!(outcome.json()["files_scanned"], 4);
}

#[test]
fn fifos_are_not_read() {
    for name in [
        ".git/info/exclude",
        ".venv/lib/python3.12/site-packages/alter_sdk/__init__.py",
        "node_modules/@alter-ai/alter-sdk/package.json",
    ] {
        let home = repository("clean");
        let _ = fs::remove_file(home.join(name));
        home.folder(name.rsplit_once('/').expect("a folder").0);
        home.fifo(name);
        verify(&home).run().exits(0);
    }
}

#[test]
fn ignore_files_above_the_folder_count() {
    let home = Home::new();
    home.folder(".git/info");
    home.write(".git/info/exclude", "excluded.py\n");
    home.write(".gitignore", "/p/ignored/\n*.tmp.py\n");
    copy(&fixture("faults/clean"), &home.join("p"));
    let fault = "from alter_sdk import Agent\nAgent(api_key='k')\n";
    for file in ["p/ignored/a.py", "p/x/a.tmp.py", "p/excluded.py"] {
        home.write(file, fault);
    }
    verify(&home).arg("--dir=p").arg("--skip-sdk-check").run().exits(0);
    home.write("p/y/.gitignore", "!a.tmp.py\n");
    home.write("p/y/a.tmp.py", fault);
    let report = verify(&home).arg("--dir=p").arg("--skip-sdk-check").run().exits(1).json();
    assert_eq!(listed(&report), "p/y/a.tmp.py:2 error wrong-client\n");
}

#[test]
fn what_is_not_there_is_said() {
    let home = Home::new();
    verify(&home).run().exits(4).stderr_has("--design: ALTER_INTEGRATION.md: No such file");
    verify(&home).arg("--dir=none").run().exits(4).stderr_has("--dir: none: No such file");
    home.write("file", "");
    verify(&home).arg("--dir=file").run().exits(2).stderr_has("--dir: file: is no folder");
    home.write("d.md", "---\ngoal: [\n---\n");
    verify(&home).arg("--design=d.md").run().exits(2).stderr_has("d.md: line ");
}

#[test]
fn a_project_without_the_sdk_is_reported() {
    let home = Home::new();
    home.write("ALTER_INTEGRATION.md", "---\nruntime_identity: app\nkey_type: runtime\n---\n");
    home.write("a.py", "print('from alter_sdk import App')\n");
    verify(&home).run().exits(0).says("No file imports the SDK.\n");
}
