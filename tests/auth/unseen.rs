//! What is said of stored sign-ins where one half of them cannot be seen, or where another one was meant.

use super::keychain::{Keyring, needs_secret_tool};
use super::support::{BAD_PAT, OTHER_PAT, PAT, User, mode, portal};
use crate::support::alter::PROGRAM;
use crate::support::{Alter, Home, Outcome, Play, Server, skipped};

/// Everything that speaks of what is stored, with the exit code that it has where nothing is found.
const STATEMENTS: [(&[&str], i32); 6] = [
    (&["auth", "status"], 3),
    (&["pats", "whoami"], 3),
    (&["apps", "list"], 3),
    (&["auth", "list"], 0),
    (&["auth", "logout"], 0),
    (&["doctor", "--output", "jsonl"], 1),
];

#[track_caller]
fn says_what_it_did_not_see(run: &Outcome, code: i32, why: &str, way_on: &str) {
    run.exits(code);
    let said = format!("{}{}", run.out(), run.err());
    assert!(said.contains(why) && said.contains(way_on), "{run}");
    for wrong in
        ["there is no PAT", "Nothing is stored for http://127.0.0.1:1 (profile default).\n"]
    {
        assert!(!said.contains(wrong), "`{wrong}` in {run}");
    }
}

#[test]
fn a_keychain_out_of_reach_is_not_an_empty_one() {
    needs_secret_tool();
    let portal = portal();
    let mut user = User::at(&portal);
    let keyring = Keyring::new(&user);
    user.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    user.sign_in(PAT, &[]).exits(0).stderr_has("in the keychain");
    // As under cron: the variable is gone.
    user.set("DBUS_SESSION_BUS_ADDRESS", "");
    for (words, code) in STATEMENTS {
        let run = user.run(words);
        says_what_it_did_not_see(&run, code, "no session bus takes connections", "desktop session");
    }
    user.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    user.set("PATH", "/nowhere");
    for (words, code) in STATEMENTS {
        let run = user.run(words);
        says_what_it_did_not_see(
            &run,
            code,
            "secret-tool, which is missing",
            "put secret-tool on PATH",
        );
    }
    user.set("PATH", "/usr/bin:/bin");
    assert_eq!(user.source(), "keychain");
}

/// `alter` as another user of this machine, who has a home there.
fn as_user(uid: u32, run: Alter) -> Alter {
    let uid = format!("--reuid={uid}");
    let words = ["/usr/bin/setpriv", &uid, "--regid=65534", "--clear-groups", PROGRAM];
    run.program(&words.map(AsRef::as_ref))
}

#[test]
fn the_keychain_of_another_user_is_not_an_empty_one() {
    needs_secret_tool();
    if !rustix::process::geteuid().is_root() {
        skipped("only root can be another user");
        return;
    }
    let portal = portal();
    let mut user = User::at(&portal);
    let keyring = Keyring::new(&user);
    user.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    user.sign_in(PAT, &[]).exits(0).stderr_has("in the keychain");
    let theirs = Home::new();
    std::os::unix::fs::chown(theirs.path(), Some(1001), None).unwrap();
    for (words, code) in STATEMENTS {
        // The keychain may hold it still.
        let code = if words == ["auth", "logout"] { 1 } else { code };
        let run = as_user(1001, user.alter(words)).home(&theirs).run();
        says_what_it_did_not_see(&run, code, "cannot be read", "of its owner");
    }
}

#[test]
fn the_variable_that_wins_is_named_and_the_advice_is_not_to_sign_in() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.set("ALTER_PAT", BAD_PAT);
    for words in [&["auth", "status"][..], &["doctor"], &["pats", "whoami"]] {
        let run = user.run(words);
        let said = format!("{}{}", run.out(), run.err());
        assert!(said.contains("came from ALTER_PAT") && said.contains("unset it"), "{run}");
        assert!(!said.contains("alter auth login"), "{run}");
    }
    let server = Server::json(401, r#"{"error":"pat_invalid","message":"no such PAT"}"#);
    user.set("ALTER_BASE_URL", server.url());
    for words in [&["apps", "list"][..], &["apps", "show", "a"], &["apps", "create", "--name", "n"]]
    {
        let run = user.run(words);
        run.exits(3).stderr_has("the PAT came from ALTER_PAT");
        assert!(!run.err().contains("auth login"), "{run}");
    }
    user.set("ALTER_PAT", "alter_rk_sekret");
    let run = user.run(&["apps", "list"]);
    run.exits(2).stderr_has("runtime API key").stderr_has("unset it");
    assert!(!run.err().contains("auth login"), "{run}");
}

#[test]
fn a_refused_pat_of_a_store_names_the_store() {
    let (server, portal) =
        (Server::json(401, r#"{"error":"pat_invalid","message":"no"}"#), portal());
    let user = User::at(&portal);
    user.store(&format!(
        "[[signin]]\norigin = \"{}\"\nprofile = \"two\"\npat = \"{PAT}\"\n",
        server.url()
    ));
    let url = server.url();
    let run = user.run(&["apps", "list", "--base-url", &url, "--profile", "two"]);
    run.exits(3)
        .stderr_has(&format!("alter auth login --base-url {url} --profile two"))
        .stderr_has("the PAT in auth.toml is not accepted");
}

#[test]
fn another_sign_in_that_may_have_been_meant_is_named() {
    let portal = portal();
    let user = User::at(&portal);
    user.sign_in(PAT, &["--profile", "work"]).exits(0);
    user.run(&["auth", "status"]).exits(3).stderr_has("a stored sign-in with --profile work");
    let elsewhere = ["auth", "status", "--base-url", "http://127.0.0.1:1"];
    let both = format!("a stored sign-in with --base-url {} --profile work", portal.url());
    user.run(&elsewhere).exits(3).stderr_has(&both);
    let same = format!("a stored sign-in with --base-url {};", portal.url());
    let elsewhere = [&elsewhere[..], &["--profile", "work"]].concat();
    user.run(&elsewhere).exits(3).stderr_has(&same);
}

/// A portal whose refusals name the scope that is missing, and what the PAT has.
fn portal_without_scope(granted: &'static str) -> Server {
    Server::new(move |exchange| {
        if exchange.target.starts_with("/api/v1/pats/me") && granted.is_empty() {
            let held = r#"{"scopes":["dashboard_apps:read","dashboard_apps:delete"]}"#;
            return Play::json(200, held);
        }
        Play::json(
            403,
            format!(
                r#"{{"error":"insufficient_scope","message":"no","details":{{"missing":["dashboard_grants:admin"],"granted":{}}}}}"#,
                if granted.is_empty() { "[]" } else { granted }
            ),
        )
    })
}

#[test]
fn the_advice_on_scopes_never_loops() {
    for granted in ["", r#"["dashboard_apps:read","dashboard_apps:delete"]"#] {
        let server = portal_without_scope(granted);
        let mut user = User::new();
        user.set("ALTER_BASE_URL", server.url());
        user.store(&format!(
            "[[signin]]\norigin = \"{}\"\nprofile = \"default\"\npat = \"{PAT}\"\n",
            server.url()
        ));
        let refused = user.run(&["apps", "list"]);
        refused.exits(7).stderr_has("fix: alter auth login --add-scopes dashboard_grants:admin\n");
        let advice = ["auth", "login", "--add-scopes", "dashboard_grants:admin"];
        let more = ["--no-browser", "--timeout", "1"];
        let login = user.run(&[&advice[..], &more].concat());
        login.exits(1).stderr_has(
            "scopes=dashboard_apps%3Aread,dashboard_apps%3Adelete,dashboard_grants%3Aadmin&",
        );
        // The variable wins, so no sign-in helps.
        user.set("ALTER_PAT", OTHER_PAT);
        let refused = user.run(&["apps", "list"]);
        refused
            .exits(7)
            .stderr_has("mint a PAT with dashboard_grants:admin")
            .stderr_has("set ALTER_PAT");
        assert!(!refused.err().contains("auth login"), "{refused}");
    }
}

#[test]
fn scopes_are_added_to_the_default_set_where_nothing_is_stored() {
    let user = User::new();
    let more = ["auth", "login", "--add-scopes", "dashboard_grants:admin", "--no-browser"];
    let login = user.run(&[&more[..], &["--timeout", "1"]].concat());
    login.exits(1).stderr_has("scopes=dashboard_apps%3Aread,dashboard_apps%3Awrite,");
    login.stderr_has("dashboard_pats%3Aread,dashboard_grants%3Aadmin&");
}

#[test]
fn the_advice_of_doctor_repeats_the_flags() {
    let portal = portal();
    let user = User::new();
    let url = portal.url();
    let flags = ["--base-url", &url, "--profile", "two"];
    let run = user.run(&[&["doctor", "--output", "jsonl"][..], &flags].concat());
    let login = format!("alter auth login --base-url {url} --profile two");
    run.exits(1).shows(&format!("{login}, or set ALTER_PAT"));
    user.run(&[&["auth", "login", "--token-stdin"][..], &flags].concat()).exits(2);
    user.run_with(&[&["auth", "login", "--token-stdin"][..], &flags].concat(), PAT).exits(0);
    let run = user.run(&[&["doctor", "--output", "jsonl"][..], &flags].concat());
    run.shows(&format!("{login}, where a keychain is available"));
    mode(&user.file(), 0o644);
    user.run(&[&["doctor"][..], &flags].concat()).exits(1).shows("chmod 600");
}
