//! Folders and pins of somebody else: root in a container, and `sudo` in a person's checkout.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use crate::support::alter::PROGRAM;
use crate::support::{APP, Alter, Home, alter, skipped};

const OWNER: u32 = 1001;

/// A checkout of uid 1001, with a pin where that is wanted; `None` where only root could make one.
fn checkout(pinned: bool) -> Option<Home> {
    if !rustix::process::geteuid().is_root() {
        skipped("only root has files of another user");
        return None;
    }
    let home = Home::new();
    let made = Command::new("git").args(["init", "--quiet"]).arg(home.folder("work")).status();
    assert!(made.expect("git").success());
    if pinned {
        home.write("work/.alter/config.yaml", format!("app_id: {APP}\n"));
    }
    let given = Command::new("chown").args(["-R", "1001"]).arg(home.path()).status();
    assert!(given.expect("chown").success());
    Some(home)
}

fn at(home: &Home, run: Alter) -> Alter {
    let other = home.path().parent().expect("a folder");
    run.env("HOME", other.join("nobody-s-home"))
        .cwd(&home.join("work"))
        .env("PATH", "/usr/bin:/bin")
}

/// Everything in the checkout that is not its owner's.
fn foreign(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let about = path.symlink_metadata().expect("its own");
        if about.uid() != OWNER {
            found.push(path.display().to_string());
        }
        if about.is_dir() {
            found.extend(foreign(&path));
        }
    }
    found
}

#[test]
fn a_pin_of_another_user_is_refused_with_advice_that_works() {
    let Some(home) = checkout(true) else { return };
    let status = || at(&home, alter(["link", "--status"]));
    let refused = status().run();
    let marker = home.file("work/.alter");
    refused.exits(2).stderr_has("belongs to another user (uid 1001)");
    refused.stderr_has("--app ID").stderr_has("ALTER_APP_ID");
    refused.stderr_has(&format!("chown -R 0 {marker}\n"));
    at(&home, alter(["link", "--status", "--app", APP])).run().exits(0).shows("\"flag\"");
    status().env("ALTER_APP_ID", APP).run().exits(0).shows("\"environment\"");
    // The person who called sudo reads their own.
    status().env("SUDO_UID", "1001").run().exits(0).shows("\"pin\"");
    status().env("SUDO_UID", "1002").run().exits(2);
    let done = Command::new("chown").args(["-R", "0"]).arg(&marker).status();
    assert!(done.expect("chown").success());
    status().run().exits(0).shows("\"pin\"");
    // Its owner reads one that root made.
    let words = ["/usr/bin/setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", PROGRAM];
    status().program(&words.map(AsRef::as_ref)).run().exits(0).shows("\"pin\"");
}

#[test]
fn root_makes_nothing_in_a_folder_of_somebody_else() {
    let Some(home) = checkout(false) else { return };
    let lines: [&[&str]; 5] = [
        &["link", APP],
        &["init", "--url", "https://mcp.example.com"],
        &["init", "--url", "https://mcp.example.com", "--client", "cursor"],
        &["completion", "install", "--shell", "zsh"],
        &["auth", "login", "--token", "alter_pat_x", "--base-url", "http://127.0.0.1:1"],
    ];
    for words in lines {
        let run = || {
            let run = words.iter().fold(alter([]), Alter::arg);
            // As sudo does that keeps the home folder.
            at(&home, run).env("HOME", home.path()).env("ALTER_CONFIG_DIR", "")
        };
        let refused = run().run();
        refused.exits(2).stderr_has("belongs to another user (uid 1001): nothing is made there");
        refused.stderr_has("fix: run it as that user");
        run().env("SUDO_UID", "1001").run().exits(2).stderr_has("fix: run it without sudo");
        assert_eq!(foreign(home.path()), [""; 0], "{words:?}");
    }
    // Its owner may.
    let words = ["/usr/bin/setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", PROGRAM];
    let link = at(&home, alter(["link", APP])).program(&words.map(AsRef::as_ref)).run();
    link.exits(0).stderr_has("appended");
    assert_eq!(foreign(home.path()), [""; 0]);
    at(&home, alter(["unlink"])).env("SUDO_UID", "1001").run().exits(2).stderr_has("without sudo");
    assert_eq!(home.read("work/.alter/config.yaml"), format!("app_id: {APP}\n"));
}

#[test]
fn a_folder_of_root_that_is_open_to_us_will_do() {
    let Some(home) = checkout(false) else { return };
    chown(home.join("work"), Some(0), None).expect("root");
    std::fs::set_permissions(
        home.join("work"),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .expect("a mode");
    std::fs::remove_dir_all(home.join("work/.git")).expect("git's folder");
    let words = ["/usr/bin/setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", PROGRAM];
    at(&home, alter(["link", APP])).program(&words.map(AsRef::as_ref)).run().exits(0);
}
