//! The environment as env files, units and copies hand it on.

use std::fs;

use super::support::{Login, PAT, User, mode, portal};
use crate::support::alter;

#[test]
fn no_pat_is_written_below_the_working_folder() {
    let portal = portal();
    let mut user = User::at(&portal);
    let work = user.home.folder("work");
    let sign_in =
        |user: &User| user.alter(&["auth", "login", "--token-stdin"]).cwd(&work).stdin(PAT).run();
    let empty = || fs::read_dir(&work).unwrap().count() == 0;
    user.set("ALTER_CONFIG_DIR", "~/.x");
    sign_in(&user).exits(0);
    assert!(user.home.join(".x/auth.toml").exists() && empty());
    user.run(&["auth", "status"]).exits(0);
    for relative in [".x", "x/y", "~other/x", "./~/.x"] {
        user.set("ALTER_CONFIG_DIR", relative);
        for run in [sign_in(&user), user.alter(&["auth", "status"]).cwd(&work).run()] {
            run.exits(2).stderr_has("ALTER_CONFIG_DIR: is not an absolute path").hides("sekret");
        }
        assert!(empty(), "{relative}");
    }
    user.set("ALTER_CONFIG_DIR", "");
    user.set("XDG_CONFIG_HOME", "~/.xdg");
    sign_in(&user).exits(0);
    assert!(user.home.join(".xdg/alter/auth.toml").exists() && empty());
    user.set("XDG_CONFIG_HOME", "");
    for home in ["~", "relative", "~/x"] {
        user.set("HOME", home);
        sign_in(&user).exits(2).stderr_has("HOME: is not an absolute path");
        assert!(empty(), "{home}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let install = alter(["completion", "install", "--shell", shell]).cwd(&work);
        install.env("HOME", "~").run().exits(2).stderr_has("HOME");
        assert!(empty(), "{shell}");
    }
}

#[test]
fn what_is_round_a_value_is_named_for_every_variable() {
    let around = [
        ("\"V\"", "quote"),
        ("'V'", "quote"),
        ("V\r", "line break"),
        ("V\n", "line break"),
        ("V ", "blank"),
        ("\tV", "blank"),
        ("\u{feff}V", "byte order mark"),
    ];
    let runtime = ["sdk-passthrough", "resolve-identity"];
    let list = ["apps", "list"];
    let variables: [(&str, &str, &[&str]); 12] = [
        ("ALTER_PAT", PAT, &list),
        ("ALTER_API_KEY", "alter_rk_sekret", &runtime),
        ("ALTER_BASE_URL", "http://127.0.0.1:1", &list),
        ("ALTER_DASHBOARD_URL", "http://127.0.0.1:1", &["auth", "login", "--no-browser"]),
        ("ALTER_PROFILE", "default", &list),
        ("ALTER_APP_ID", "a", &["keys", "list"]),
        ("ALTER_TIMEOUT", "3", &list),
        ("ALTER_DEBUG", "0", &list),
        ("ALTER_CONFIG_DIR", "/tmp/x", &list),
        ("ALTER_MCP_URL", "http://127.0.0.1:1", &["init"]),
        ("ALTER_RELEASE_URL", "/nowhere", &["self-update", "--check"]),
        ("BROWSER", "true", &["auth", "login", "--timeout", "1"]),
    ];
    for (name, value, words) in variables {
        for (form, named) in around {
            let mut user = User::new();
            user.set("ALTER_BASE_URL", "http://127.0.0.1:1");
            if words == list && name != "ALTER_PAT" && name != "ALTER_CONFIG_DIR" {
                user.set("ALTER_PAT", PAT);
            }
            user.set(name, form.replace('V', value));
            let run = user.run(words);
            run.exits(2).stderr_has(&format!("alter: {name}: ")).stderr_has(named);
            run.stderr_has(&format!("set {name} to the bare value"));
        }
    }
}

#[test]
fn a_switch_that_says_no_is_off() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    for off in ["", "0", "false", "False", "NO", "off"] {
        user.set("ALTER_DEBUG", off);
        user.run(&["auth", "list"]).exits(0);
        let run = user.run(&["auth", "status"]);
        assert!(!run.exits(0).err().contains("GET "), "{off}: {run}");
        user.set("CI", off);
        let delete = ["keys", "revoke", "--app", "a", "--key", "k"];
        let asked = user.on_a_terminal(&delete).answer("[y/N]", "n\r").run();
        asked.exits(8);
    }
    for on in ["1", "true", "yes"] {
        user.set("ALTER_DEBUG", on);
        user.run(&["auth", "status"]).exits(0).stderr_has("GET ");
        user.set("CI", on);
        let refused = user.on_a_terminal(&["keys", "revoke", "--app", "a", "--key", "k"]).run();
        refused.exits(2).shows("CI is set").shows("--yes");
    }
}

#[test]
fn in_ci_nobody_is_waited_for() {
    let mut user = User::new();
    user.set("CI", "true");
    for more in [&[][..], &["--no-browser"]] {
        let run = user.run(&[&["auth", "login", "--timeout", "20"], more].concat());
        run.exits(2).stderr_has("CI is set").stderr_has("--token-stdin").hides("/cli/authorize");
        assert!(run.took.as_secs() < 5, "{run}");
    }
    // One that fails is none either.
    user.set("BROWSER", "/bin/false");
    let run = user.run(&["auth", "login", "--timeout", "20"]);
    run.exits(2).stderr_has("CI is set");
    assert!(run.took.as_secs() < 5, "{run}");
}

#[test]
fn a_browser_may_have_a_blank_in_its_path() {
    let portal = portal();
    let mut user = User::at(&portal);
    let opened = user.home.join("opened");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\nexec sleep 2\n", opened.display());
    let browser = user.home.write("my apps/web browser", script);
    mode(&browser, 0o755);
    for arguments in ["", " --new %s"] {
        user.set("BROWSER", format!("{}{arguments}", browser.display()));
        let login = Login::start(&user, &[]);
        while !fs::read_to_string(&opened).unwrap_or_default().contains("/cli/authorize?") {
            std::thread::yield_now();
        }
        login.succeeds();
        fs::remove_file(&opened).unwrap();
    }
}

#[test]
fn the_line_for_ssh_has_the_user_and_leaves_the_host() {
    let mut user = User::new();
    user.set("SSH_CONNECTION", "192.0.2.1 5000 10.0.0.7 22");
    user.set("USER", "ada");
    let login = Login::start(&user, &["--no-browser", "--timeout", "1"]);
    let line = format!("  ssh -N -L {0}:127.0.0.1:{0} ada@HOST\n", login.port);
    let run = login.end();
    run.exits(1).stderr_has(&line).hides("10.0.0.7");
}
