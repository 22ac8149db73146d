//! What a killed portal still knows.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::json;

use crate::support::portal::PROGRAM;
use crate::support::{Home, Portal};

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let start = || Portal::new(["--state", &file]);
    let portal = start();
    let (pat, app) = (portal.pat.clone(), portal.create_app("Kept"));
    let body = json!({"name": "k", "scopes": ["grants:read"]}).to_string();
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
fn an_idempotent_answer_survives_a_crash() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let key = [("Idempotency-Key", "k")];
    let portal = Portal::empty(["--state", &file, "--fault", "drop-after,method=POST"]);
    assert!(portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).is_err());
    portal.kill();
    let portal = Portal::empty(["--state", &file]);
    let again = portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).unwrap();
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(portal.get("/apps").json().as_array().unwrap().len(), 1);
}

#[test]
fn a_refusal_is_remembered_too() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let key = [("Idempotency-Key", "k")];
    let refused = |portal: &Portal| portal.api_with("POST", "/apps", "{}", &key).unwrap();
    let portal = Portal::empty(["--state", &file]);
    refused(&portal).is_invalid("body", "name");
    portal.kill();
    let again = refused(&Portal::empty(["--state", &file]));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn an_unsaved_change_is_not_acknowledged() {
    let folder = Home::new();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let file = inner.join("state.json").display().to_string();
    let portal = Portal::empty(["--state", &file]);
    fs::rename(&inner, folder.path().join("away")).unwrap();
    let key = [("Idempotency-Key", "k")];
    let create = || portal.api_with("POST", "/apps", "{\"name\":\"A\"}", &key).unwrap();
    create().is_error(503, "unavailable");
    create().is_error(503, "unavailable");
    // Reading goes on meanwhile.
    assert_eq!(portal.get("/apps").status, 200);
    fs::rename(folder.path().join("away"), &inner).unwrap();
    assert_eq!(create().status, 201);
    assert!(String::from_utf8(journal(&file)).unwrap().contains("app.created"));
}

/// Starts a portal that must not come up; gives what it says.
fn refused(state: &str) -> String {
    let mut command = Command::new(PROGRAM);
    let output = command.args(["--listen=127.0.0.1:0", "--state", state]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    told
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = Home::new();
    let file = folder.file("notes.txt");
    fs::write(&file, "notes").unwrap();
    assert!(refused(&file).contains("is not a state file"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "notes");
}

#[test]
fn a_second_portal_on_one_file_says_who_has_it() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    let told = refused(&file);
    assert!(told.contains("is in use by another alter-portal (process "), "{told}");
    portal.create_app("Kept");
    portal.kill();
    assert_eq!(Portal::empty(["--state", &file]).get("/apps").json().as_array().unwrap().len(), 1);
}

#[test]
fn the_lock_of_an_ending_portal_is_waited_for() {
    let folder = Home::new();
    let file = folder.file("state.json");
    Portal::empty(["--state", &file]).kill();
    let path = fs::canonicalize(format!("{file}.lock")).unwrap();
    let lock = File::open(&path).unwrap();
    lock.lock().unwrap();
    let mut next = Command::new(PROGRAM)
        .args(["--listen=127.0.0.1:0", "--quiet", "--state", &file])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Once it has the file open it finds it locked.
    let folder = format!("/proc/{}/fd", next.id());
    let open = || {
        let files = fs::read_dir(&folder).into_iter().flatten();
        files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|found| found == path))
    };
    while !open() && next.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    drop(lock);
    let mut line = String::new();
    BufReader::new(next.stdout.take().unwrap()).read_line(&mut line).unwrap();
    next.kill().unwrap();
    next.wait().unwrap();
    assert!(line.contains("base_url"), "it gave up");
}

#[test]
fn a_symlink_is_not_followed() {
    let folder = Home::new();
    let (file, other) = (folder.file("state.json"), folder.file("other"));
    fs::write(&other, "mine").unwrap();
    std::os::unix::fs::symlink(&other, format!("{file}.new")).unwrap();
    Portal::empty(["--state", &file]).create_app("A");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");

    let link = folder.file("link.json");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    refused(&link);
}

/// What was written since the last snapshot.
fn journal(file: &str) -> Vec<u8> {
    fs::read(format!("{file}.journal")).unwrap_or_default()
}

fn app_names(portal: &Portal) -> Vec<String> {
    let apps = portal.get("/apps").json();
    apps.as_array().unwrap().iter().map(|app| app["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_change_is_a_line_beside_the_snapshot() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    let snapshot = fs::read(&file).unwrap();
    let app = portal.create_app("A");
    let key = portal.post(&format!("/apps/{app}/keys"), r#"{"name":"k","scopes":["grants:read"]}"#);
    let rotate = format!("/apps/{app}/keys/{}/rotate", key.text("id"));
    assert_eq!(portal.post(&rotate, "").status, 201);
    portal.post(&rotate, "").is_error(400, "invalid_request");
    let written = journal(&file);
    let lines = String::from_utf8_lossy(&written).lines().count();
    assert_eq!(lines, 4, "a header and three");
    assert_eq!(fs::read(&file).unwrap(), snapshot, "the snapshot stays as it is");
    let mode = fs::metadata(format!("{file}.journal")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    portal.kill();
    // Folded in at the next start.
    let portal = Portal::new(["--state", &file]);
    assert!(journal(&file).is_empty());
    assert!(fs::read_to_string(&file).unwrap().contains(&key.text("id")));
    assert_eq!(app_names(&portal).last().unwrap(), "A");
}

#[test]
fn a_torn_line_was_never_answered() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    portal.create_app("A");
    let whole = journal(&file).len();
    portal.create_app("B");
    portal.kill();
    let (snapshot, written) = (fs::read(&file).unwrap(), journal(&file));
    for cut in [0, 10, whole - 1, whole, whole + 1, written.len() - 1, written.len()] {
        fs::write(&file, &snapshot).unwrap();
        fs::write(format!("{file}.journal"), &written[..cut]).unwrap();
        let portal = Portal::empty(["--state", &file]);
        let expected: &[&str] = match cut {
            // A whole line that lacks only its end was written for an answer.
            cut if cut < whole - 1 => &[],
            cut if cut < written.len() - 1 => &["A"],
            _ => &["A", "B"],
        };
        assert_eq!(app_names(&portal), expected, "cut after {cut}");
        portal.create_app("C");
        portal.kill();
        assert_eq!(app_names(&Portal::empty(["--state", &file])), [expected, &["C"]].concat());
    }
}

#[test]
fn a_damaged_journal_is_named_and_kept() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    for name in ["A", "B", "C"] {
        portal.create_app(name);
    }
    portal.kill();
    let (snapshot, written) = (fs::read(&file).unwrap(), journal(&file));
    let lines: Vec<&[u8]> = written.split_inclusive(|byte| *byte == b'\n').collect();
    let header = lines[0];
    let changed = |line: &[u8]| {
        let text = String::from_utf8(line.to_vec()).unwrap();
        text.replace("app.created", "app.creatad").into_bytes()
    };
    let other = String::from_utf8(header.to_vec()).unwrap();
    let at = other.rfind('-').unwrap() + 1;
    let digit = if &other[at..=at] == "0" { "1" } else { "0" };
    let other = [&other[..at], digit, &other[at + 1..]].concat();
    for (damaged, line) in [
        ([header, lines[2], lines[3]].concat(), 2),
        ([header, lines[1], lines[3]].concat(), 3),
        ([header, lines[1], lines[1], lines[2]].concat(), 3),
        ([header, lines[1], lines[3], lines[2]].concat(), 3),
        ([header, lines[1], &changed(lines[2]), lines[3]].concat(), 3),
        ([header, lines[1], lines[2], &changed(lines[3])].concat(), 4),
        ([header, lines[1], b"\n", lines[2]].concat(), 3),
        ([other.as_bytes(), lines[1]].concat(), 1),
        (lines[1..].concat(), 1),
        (b"notes of mine".to_vec(), 1),
    ] {
        fs::write(&file, &snapshot).unwrap();
        fs::write(format!("{file}.journal"), &damaged).unwrap();
        let told = refused(&file);
        assert!(
            told.contains(&format!("state.json.journal is damaged in line {line}: ")),
            "{told}"
        );
        assert_eq!(
            (journal(&file), fs::read(&file).unwrap()),
            (damaged, snapshot.clone()),
            "{line}"
        );
    }
    // A journal without the snapshot that it goes on from.
    fs::write(format!("{file}.journal"), &written).unwrap();
    fs::remove_file(&file).unwrap();
    let told = refused(&file);
    assert!(told.contains("state.json.journal goes on from"), "{told}");
    assert!(journal(&file) == written && fs::metadata(&file).is_err());
}

#[test]
fn files_beside_the_state_are_left_alone_as_well() {
    for (name, path) in
        [("Cargo", "Cargo.lock"), ("notes", "notes.new"), ("notes", "notes.journal")]
    {
        let folder = Home::new();
        let (file, beside) = (folder.file(name), folder.file(path));
        fs::write(&beside, "[[package]]\nname = \"alter\"\n").unwrap();
        let told = refused(&file);
        assert!(told.contains(path), "{told}");
        assert_eq!(fs::read_to_string(&beside).unwrap(), "[[package]]\nname = \"alter\"\n");
        assert!(fs::metadata(&file).is_err(), "{path}");
    }
}

#[test]
fn a_journal_of_another_snapshot_does_not_count() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    portal.create_app("A");
    portal.kill();
    // As after a kill between the two steps of folding the journal in.
    let old = journal(&file);
    Portal::empty(["--state", &file]).kill();
    fs::write(format!("{file}.journal"), old).unwrap();
    let portal = Portal::empty(["--state", &file]);
    assert_eq!(app_names(&portal), ["A"]);
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 1);
}

#[test]
fn a_journal_is_folded_in_when_it_outgrows_the_snapshot() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    let app = portal.create_app("A");
    let long = "x".repeat(2000);
    let mut largest = 0;
    for number in 0..100 {
        let body = json!({"name": format!("n{number}"), "description": long}).to_string();
        assert_eq!(portal.api("PATCH", &format!("/apps/{app}"), &body).status, 200);
        largest = largest.max(journal(&file).len());
    }
    assert!((60_000..100_000).contains(&largest), "{largest}");
    assert!(journal(&file).len() < largest);
    portal.kill();
    let portal = Portal::empty(["--state", &file]);
    assert_eq!(app_names(&portal), ["n99"]);
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 101);
}

#[test]
fn a_change_costs_the_same_in_a_large_organization() {
    let written = |count: usize| {
        let folder = Home::new();
        let file = folder.file("state.json");
        let portal = Portal::empty(["--state", &file]);
        (0..count).for_each(|number| drop(portal.create_app(&format!("app-{number:05}"))));
        portal.kill();
        let portal = Portal::empty(["--state", &file]);
        portal.create_app("one-more1");
        journal(&file).len()
    };
    assert_eq!(written(1), written(300));
}

/// A limit on the size of files stands for a full disk: it lets a line begin, and then cuts it off.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_changes_and_nothing_else() {
    use rustix::process::{Resource, Rlimit, prlimit};

    let folder = Home::new();
    let file = folder.file("state.json");
    let start = || Portal::empty(["--state", &file]);
    let portal = start();
    let limit = |size: Option<u64>| {
        prlimit(Some(portal.pid()), Resource::Fsize, Rlimit { current: size, maximum: None })
            .unwrap();
    };
    let app = format!("/apps/{}", portal.create_app("A"));
    let whole = journal(&file).len();
    limit(Some(whole as u64 + 100));
    for _ in 0..3 {
        portal.post("/apps", "{\"name\":\"B\"}").is_error(503, "unavailable");
        portal.api("PATCH", &app, "{\"name\":\"B\"}").is_error(503, "unavailable");
        portal.api("DELETE", &app, "{\"confirm\":\"A\"}").is_error(503, "unavailable");
        // What was refused did not happen, and reading goes on.
        assert_eq!(app_names(&portal), ["A"]);
        assert_eq!(portal.get("/audit/portal-actions").json()["total"], 1);
        assert_eq!(portal.exchange("GET", "/", "", &[]).unwrap().status, 200);
        assert_eq!(journal(&file).len(), whole, "nothing is left of the line");
    }
    limit(None);
    portal.create_app("C");
    portal.kill();
    assert_eq!(app_names(&start()), ["A", "C"]);
}

#[test]
fn a_portal_starts_on_a_full_disk_to_be_read() {
    use rustix::process::{Resource, Rlimit, prlimit};

    let folder = Home::new();
    let file = folder.file("state.json");
    let shell = || {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "ulimit -S -f 0; exec \"$@\"", "sh", PROGRAM]);
        shell
    };
    let arguments = ["--seed", "empty", "--state", &file];
    // The PAT of a new state would be lost.
    let new = shell().args(arguments).arg("--listen=127.0.0.1:0").output().unwrap();
    let told = String::from_utf8_lossy(&new.stderr);
    assert!(told.ends_with("fix: make room on its disk, or give --state a file on another one\n"));
    assert_eq!(new.status.code(), Some(2), "{told}");

    let portal = Portal::empty(["--state", &file]);
    portal.create_app("A");
    portal.kill();
    let portal = Portal::run(&mut shell(), &arguments);
    portal.post("/apps", "{\"name\":\"B\"}").is_error(503, "unavailable");
    assert_eq!(app_names(&portal), ["A"]);
    let roomy = Rlimit { current: None, maximum: None };
    prlimit(Some(portal.pid()), Resource::Fsize, roomy).unwrap();
    portal.create_app("C");
    portal.create_app("D");
    portal.kill();
    assert_eq!(app_names(&Portal::empty(["--state", &file])), ["A", "C", "D"]);
}

#[test]
fn killed_at_any_moment_it_has_what_it_acknowledged() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let mut acknowledged: Vec<String> = Vec::new();
    // Long texts make the journal outgrow the snapshot every few dozen changes.
    let filler = "x".repeat(2000);
    for round in 0..6 {
        let portal = Portal::empty(["--state", &file]);
        let body = |name: &str| json!({"name": name, "description": filler}).to_string();
        let create = |name: &str| {
            let reply = portal.api_with("POST", "/apps", &body(name), &[]);
            reply.is_ok_and(|reply| reply.status == 201)
        };
        let (sender, answers) = mpsc::channel();
        thread::scope(|scope| {
            for writer in 0..4 {
                let (create, sender) = (&create, sender.clone());
                scope.spawn(move || {
                    let names = (0..).map(|number| format!("{round}-{writer}-{number}"));
                    let done = names.take_while(|name| create(name));
                    done.for_each(|name| sender.send(name).unwrap());
                });
            }
            drop(sender);
            acknowledged.extend(answers.iter().take(40 + 7 * round));
            portal.crash();
            acknowledged.extend(answers.iter());
        });
    }
    let portal = Portal::empty(["--state", &file]);
    let kept: HashSet<_> = app_names(&portal).into_iter().collect();
    let lost: Vec<_> = acknowledged.iter().filter(|name| !kept.contains(*name)).collect();
    assert!(lost.is_empty(), "{lost:?} of {}", acknowledged.len());
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], kept.len());
}

#[test]
fn asked_to_end_it_leaves_nothing_half_done() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    portal.create_app("A");
    let status = portal.end();
    assert_eq!(status.signal(), Some(15), "a shell shows 143");
    let files = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["state.json", "state.json.journal", "state.json.lock"]);
    assert_eq!(app_names(&Portal::empty(["--state", &file])), ["A"]);
}
