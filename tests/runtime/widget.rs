//! The published package for browsers, unmodified, in a real one: what it is told by the portal's connect page.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::client::{Client, user};
use crate::support::server::Exchange;
use crate::support::{Play, Portal, Server, skipped};

const PACKAGE: &str = "@alter-ai/connect@0.8.0";

/// The package's script, fetched once; nothing where the registry cannot be reached.
fn script() -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alter-connect-0.8.0");
    let script = folder.join("node_modules/@alter-ai/connect/dist/alter-connect.umd.js");
    if !script.exists() {
        fs::create_dir_all(&folder).expect("a folder");
        let fetched = Command::new("npm")
            .args([
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefix",
            ])
            .arg(&folder)
            .arg(PACKAGE)
            .output();
        if !fetched.is_ok_and(|done| done.status.success()) {
            skipped(&format!("npm cannot fetch {PACKAGE}"));
            return None;
        }
    }
    Some(fs::read_to_string(script).expect("the package's script"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/widget")
}

/// The server of an app whose page has the package's button.
fn app(script: String) -> Server {
    let page = fs::read_to_string(folder().join("app.html")).expect("the app's page");
    Server::new(move |seen: &Exchange| match seen.target.as_str() {
        "/alter-connect.js" => Play::with(200, "Content-Type: text/javascript\r\n", script.clone()),
        _ => Play::with(200, "Content-Type: text/html\r\n", page.clone()),
    })
}

fn drive(app: &str, cases: &Value) -> Value {
    let mut driver = Command::new("python3")
        .arg(folder().join("drive.py"))
        .arg(app)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut stdin = driver.stdin.take().expect("a pipe");
    stdin.write_all(cases.to_string().as_bytes()).expect("the cases");
    drop(stdin);
    let done = driver.wait_with_output().expect("an end");
    assert!(done.status.success());
    serde_json::from_slice(&done.stdout).expect("JSON")
}

#[test]
fn the_package_for_browsers_is_told_what_a_person_decides() {
    let Some(script) = script() else { return };
    let (portal, server) = (Portal::new([]), app(script));
    let client = Client::new(&portal);
    let token = client.token(&user(0));
    let session = |origin: &str| {
        let back = format!("{}/?back=1", server.url());
        let body = json!({ "allowed_providers": ["github"], "user_token": token,
            "allowed_origin": origin, "return_url": back });
        client.ask("/sdk/oauth/connect/session", &body)["session_token"].clone()
    };
    let case = |origin: &str, mobile: bool, press: Option<&str>| {
        let token = session(origin);
        json!({ "token": token, "portal": portal.base_url, "mobile": mobile, "press": press })
    };
    let own = server.url();
    let denied = case(&own, false, Some("no"));
    let mut again = denied.clone();
    again["press"] = Value::Null;
    let cases = json!([
        case(&own, false, Some("yes")),
        denied,
        again,
        case("https://elsewhere.example", false, Some("yes")),
        case(&own, true, Some("yes")),
        case(&own, true, Some("no")),
    ]);
    let told = drive(&own, &cases);
    let grant = &told[0]["told"]["success"][0];
    assert_eq!(grant["provider"], "github", "{told}");
    assert_eq!(grant["provider_name"], "GitHub", "{told}");
    assert_eq!(grant["account_identifier"], "ana@northwind.example", "{told}");
    assert_eq!(grant["operation"], "creation", "{told}");
    assert_eq!(told[1]["told"]["error"]["code"], "connect_denied", "{told}");
    assert_eq!(told[2]["told"]["error"]["code"], "connect_denied", "{told}");
    assert_eq!(told[3]["told"], json!({ "exit": true }), "{told}");
    assert_eq!(told[4]["logged"][0]["grant_id"], grant["grant_id"], "{told}");
    assert_eq!(told[4]["logged"][0]["operation"], "reauth", "{told}");
    assert_eq!(told[5]["logged"]["code"], "connect_denied", "{told}");
}
