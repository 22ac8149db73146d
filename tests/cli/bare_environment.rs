//! Poor surroundings: no home, nothing to write to, hardly an environment.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{APP, Alter, Home, Portal, Pty, Server, alter};

#[test]
fn two_variables_are_enough() {
    let (portal, home) = (Portal::new([]), Home::new());
    let bare = |run: Alter| run.bare().cwd(home.path()).at(&portal).run();
    bare(alter(["apps", "list"])).exits(0).says("").shows("Support Copilot");
    bare(alter(["keys", "list", "--app", APP])).exits(0).says("").shows("backend");
    bare(alter(["audit", "list", "--limit=1", "--output=json"])).exits(0);
    bare(alter(["auth", "status"])).exits(0).shows("\"source\": \"env\"");
    bare(alter(["link", "--status"])).exits(4);
    assert!(home.listing().is_empty(), "{:?}", home.listing());
}

#[test]
fn nothing_is_written_where_nothing_can_be() {
    let (portal, home) = (Portal::new([]), Home::new());
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o500)).expect("a mode");
    let run = alter(["apps", "list"]).home(&home).at(&portal).run();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).expect("a mode");
    run.exits(0).says("");
    assert!(home.listing().is_empty(), "{:?}", home.listing());
    // A home folder that does not exist, and a working folder that is gone.
    let gone = home.folder("gone");
    let shell =
        format!("rmdir '{}'; exec '{}' apps list", gone.display(), crate::support::alter::PROGRAM);
    let done = std::process::Command::new("sh")
        .args(["-c", &shell])
        .env_clear()
        .envs([("ALTER_PAT", &portal.pat), ("ALTER_BASE_URL", &portal.base_url)])
        .env("HOME", "/nonexistent")
        .current_dir(&gone)
        .output()
        .expect("sh");
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn offline_commands_need_nothing_at_all() {
    for words in [
        ["help", "auth"],
        ["commands", "--output=jsonl"],
        ["apps", "--help"],
        ["--version", "--debug"],
    ] {
        alter(words).bare().cwd(Path::new("/")).run().exits(0).says("");
    }
}

#[test]
fn the_default_portal_is_not_asked_without_a_pat() {
    alter(["apps", "list"])
        .bare()
        .cwd(Path::new("/"))
        .run()
        .exits(3)
        .stderr_has("https://backend.alterauth.com");
}

#[test]
fn proxies_do_not_catch_loopback() {
    let (server, proxy) = (Server::json(200, "[]"), Server::unused());
    let run = alter(["apps", "list"]).to(&server);
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]
        .iter()
        .fold(run, |run, name| run.env(name, proxy.url()))
        .run()
        .exits(0);
    proxy.untouched();
    assert_eq!(server.seen().len(), 1);
}

/// What a terminal shows, without its colours.
fn plain(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or("", |(_, rest)| rest))
}

/// Lists of the demo organisation and a part of a row that no width may cut.
const LISTS: &[(&[&str], &str)] = &[
    (&["apps", "list"], APP),
    (&["keys", "list", "--app", APP], "active"),
    (&["audit", "list", "--limit=5"], ":"),
    (&["audit", "portal-actions"], ":"),
];

#[test]
fn every_list_fits_every_terminal() {
    let portal = crate::support::Portal::new([]);
    for (words, whole) in LISTS {
        for columns in [40, 80, 120] {
            let run = words.iter().fold(alter([]), crate::support::Alter::arg).at(&portal);
            let seen = Pty::of(&run).columns(columns).run();
            let shown = plain(seen.exits(0).out());
            let (notes, rows): (Vec<_>, Vec<_>) = shown
                .lines()
                .partition(|line| line.starts_with("no room for") || line.contains("next page:"));
            let fits = |line: &&str| line.trim_end().chars().count() <= usize::from(columns);
            assert!(rows.iter().all(fits), "{columns}: {seen}");
            assert!(rows.iter().all(|row| !row.starts_with("...")), "{columns}: {seen}");
            let ids = rows.iter().skip(1).filter(|row| row.contains('-'));
            assert!(ids.count() > 0, "{columns}: {seen}");
            if columns == 40 {
                assert!(notes.iter().any(|note| note.starts_with("no room for ")), "{seen}");
            } else {
                assert!(rows.iter().any(|row| row.contains(whole)), "{columns}: {seen}");
            }
        }
    }
}

#[test]
fn a_narrow_terminal_cuts_text_and_no_id() {
    let rows = format!(
        r#"[{{"id":"{APP}","name":"{}","status":"active"}}]"#,
        "wide ".repeat(20).trim_end()
    );
    let server = Server::json(200, &rows);
    let run = alter(["apps", "list"]).to(&server);
    let seen = Pty::of(&run).columns(100).run();
    let shown = plain(seen.exits(0).out());
    assert!(shown.lines().all(|line| line.trim_end().chars().count() <= 100), "{seen}");
    seen.shows("...").shows(APP);
    run.run().exits(0).shows("wide ".repeat(20).trim_end());
    // An object is never cut: it may hold what is shown only once.
    let object = Server::json(200, &rows[1..rows.len() - 1]);
    let run = alter(["apps", "show", "x", "--output=table"]).to(&object);
    Pty::of(&run).columns(40).run().exits(0).shows("wide ".repeat(20).trim_end());
}
