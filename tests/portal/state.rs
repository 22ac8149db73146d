//! What a killed portal still knows.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::support::{Folder, Portal};

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = Folder::new();
    let file = folder.file("state.json");
    let start = || Portal::start(&["--state", &file]);
    let portal = start();
    let (pat, app) = (portal.pat.clone(), portal.create_app("Kept"));
    let body = json!({"name": "k", "scopes": ["a:b"]}).to_string();
    let keys = format!("/apps/{app}/keys");
    let minted = portal.post(&keys, &body);
    let events = portal.get("/audit/events?limit=1000").body;
    portal.kill();

    let portal = start();
    assert_eq!(portal.pat, pat);
    assert_eq!(portal.get(&format!("/apps/{app}")).json()["name"], "Kept");
    let key = portal.get(&format!("{keys}/{}", minted.text("id"))).json();
    assert_eq!(key["key_prefix"], minted.text("api_key")[..16]);
    assert_eq!(portal.get("/audit/events?limit=1000").body, events);
    let actions = portal.get("/audit/portal-actions?principal_kind=pat").json();
    assert_eq!(actions["total"], 2);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_lost_answer_is_given_again_after_a_crash() {
    let folder = Folder::new();
    let file = folder.file("state.json");
    let key = [("Idempotency-Key", "k")];
    let portal = Portal::empty(&["--state", &file, "--fault", "drop-after,method=POST"]);
    assert!(portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).is_err());
    portal.kill();
    let portal = Portal::empty(&["--state", &file]);
    let again = portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).unwrap();
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(portal.get("/apps").json().as_array().unwrap().len(), 1);
}

#[test]
fn a_refusal_is_remembered_too() {
    let folder = Folder::new();
    let file = folder.file("state.json");
    let key = [("Idempotency-Key", "k")];
    let refused = |portal: &Portal| portal.api_with("POST", "/apps", "{}", &key).unwrap();
    let portal = Portal::empty(&["--state", &file]);
    refused(&portal).is_invalid("body", "name");
    portal.kill();
    let again = refused(&Portal::empty(&["--state", &file]));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn what_cannot_be_saved_is_not_acknowledged() {
    let folder = Folder::new();
    let inner = folder.0.join("inner");
    fs::create_dir(&inner).unwrap();
    let file = inner.join("state.json").display().to_string();
    let portal = Portal::empty(&["--state", &file]);
    fs::rename(&inner, folder.0.join("away")).unwrap();
    let key = [("Idempotency-Key", "k")];
    let create = || portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).unwrap();
    create().is_error(503, "unavailable");
    create().is_error(503, "unavailable");
    // Reading goes on meanwhile.
    assert_eq!(portal.get("/apps").status, 200);
    fs::rename(folder.0.join("away"), &inner).unwrap();
    assert_eq!(create().status, 201);
    assert!(fs::read_to_string(&file).unwrap().contains("app.created"));
}

/// Starts a portal that must not come up; gives what it says.
fn refused(state: &str) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_alter-portal"));
    let output = command.args(["--listen=127.0.0.1:0", "--state", state]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    told
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = Folder::new();
    let file = folder.file("notes.txt");
    fs::write(&file, "notes").unwrap();
    assert!(refused(&file).contains("is not a state file"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "notes");
}

#[test]
fn a_second_portal_on_one_file_says_who_has_it() {
    let folder = Folder::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(&["--state", &file]);
    let told = refused(&file);
    assert!(told.contains("is in use by another alter-portal (process "), "{told}");
    portal.create_app("Kept");
    portal.kill();
    assert_eq!(Portal::empty(&["--state", &file]).get("/apps").json().as_array().unwrap().len(), 1);
}

#[test]
fn a_link_laid_in_the_way_is_not_followed() {
    let folder = Folder::new();
    let (file, other) = (folder.file("state.json"), folder.file("other"));
    fs::write(&other, "mine").unwrap();
    std::os::unix::fs::symlink(&other, format!("{file}.new")).unwrap();
    Portal::empty(&["--state", &file]).create_app("A");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");

    let link = folder.file("link.json");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    refused(&link);
}
