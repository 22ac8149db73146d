//! The published SDK for Python, unmodified: every public method against `alter-portal`, and the same call as ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::stage::{GRANT, KEY, Stage};
use crate::support::server::Exchange;
use crate::support::{Play, Portal};

/// Where the programs in Python are.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk")
}

/// An interpreter that has the SDK, in a virtual environment of its own.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let wanted = programs().join("requirements.txt");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alter-sdk");
        let (python, done) = (folder.join("bin/python"), folder.join("requirements.txt"));
        let text = fs::read_to_string(&wanted).expect("what is to be installed");
        if fs::read_to_string(&done).is_ok_and(|installed| installed == text) {
            return python;
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&wanted));
        fs::write(done, text).expect("a note of what is installed");
        python
    })
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let done = command.output().expect("a program that starts");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{errors}");
    done
}

/// What a portal says of itself, as the program in Python reads it.
fn ready(portal: &Portal) -> String {
    json!({ "base_url": portal.base_url, "pat": portal.pat }).to_string()
}

#[test]
fn every_public_method_works_against_the_portal() {
    let (portal, auto) = (Portal::new([]), Portal::new(["--auto-approve"]));
    let done = run(Command::new(python())
        .arg(programs().join("every_method.py"))
        .env("PORTAL", ready(&portal))
        .env("AUTO", ready(&auto))
        // It opens a browser, and there is nothing to see.
        .env("BROWSER", "true")
        .env("PYTHONDONTWRITEBYTECODE", "1"));
    let calls = String::from_utf8(done.stdout).expect("text");
    let kept = programs().join("calls.txt");
    if std::env::var_os("UPDATE_CALLS").is_some() {
        fs::write(&kept, &calls).expect("a new list");
    }
    let wanted = fs::read_to_string(&kept).expect("the list of calls");
    assert_eq!(calls, wanted, "UPDATE_CALLS=1 rewrites tests/sdk/calls.txt");
}

/// Headers that differ between any two requests, or between any two programs.
const OWN: [&str; 9] = [
    "x-alter-timestamp",
    "x-alter-nonce",
    "x-alter-signature",
    "x-alter-signature-v2",
    "x-alter-content-sha256",
    "user-agent",
    "accept",
    "accept-encoding",
    "connection",
];

/// What the portal saw of a request, but for time, nonce, and the name of the program.
fn record(seen: &Exchange) -> (String, String, Vec<(String, String)>, Value) {
    let mut headers: Vec<(String, String)> = seen
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .filter(|(name, _)| {
            !OWN.contains(&name.as_str()) && name != "host" && name != "content-length"
        })
        .collect();
    headers.sort();
    let mut body: Value = serde_json::from_str(&seen.body).expect("JSON");
    if let Some(body) = body.as_object_mut() {
        body.remove("latency_ms");
    }
    if let Some(headers) = body["request_headers"].as_object_mut() {
        headers.remove("User-Agent");
    }
    (seen.method.clone(), seen.target.clone(), headers, body)
}

#[test]
fn the_sdk_and_the_command_line_make_the_same_call() {
    for (method, body) in [("GET", None), ("POST", Some(r#"{"a": [1, "é"]}"#)), ("DELETE", None)] {
        let stage = || Stage::new(&json!({}), |_| Play::json(200, r#"{"ok": true}"#));
        let (ours, theirs) = (stage(), stage());
        // Both are to name the same address.
        let url = format!("{}/v1/me", ours.provider.url());
        let mut alter = ours.request("/v1/me").arg("--method").arg(method);
        let mut sdk = Command::new(python());
        sdk.arg(programs().join("one_call.py")).args([GRANT, method, &url]);
        sdk.env("ALTER_BASE_URL", theirs.portal.url()).env("ALTER_API_KEY", KEY);
        if let Some(body) = body {
            alter = alter.arg("--body").arg(body);
            sdk.arg(body);
        }
        assert_eq!(alter.run().exits(0).stdout, run(&mut sdk).stdout);
        let records =
            |stage: &Stage| -> Vec<_> { stage.portal.seen().iter().map(record).collect() };
        assert_eq!(records(&ours), records(&theirs), "{method}");
    }
}
