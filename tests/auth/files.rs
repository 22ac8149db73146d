//! `auth.toml`: who may see it, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::{OTHER_PAT, PAT, Portal, User, mode, portal};

fn stored_text(portal: &Portal) -> String {
    format!("[[signin]]\norigin = \"{}\"\nprofile = \"default\"\npat = \"{PAT}\"\n", portal.url())
}

#[test]
fn file_and_folder_are_for_their_owner_alone() {
    let portal = portal();
    let user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0).stderr_has(&format!("plain text in {}", user.file().display()));
    let mode = |path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(user.config()), 0o700);
    assert_eq!(mode(user.file()), 0o600);
    user.sign_in(PAT, &["--profile", "other"]).exits(0);
    assert_eq!(mode(user.file()), 0o600);
    let names: Vec<_> = fs::read_dir(user.config())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "auth.lock")
        .collect();
    assert_eq!(names, ["auth.toml"]);
}

#[test]
fn the_folder_is_found_as_documented() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.set("ALTER_CONFIG_DIR", "");
    user.sign_in(PAT, &[]).exits(0);
    assert!(user.home.join(".config/alter/auth.toml").exists());
    user.set("XDG_CONFIG_HOME", "relative");
    assert_eq!(user.source(), "file");
    user.set("XDG_CONFIG_HOME", user.home.join("xdg").display());
    user.run(&["auth", "status"]).exits(3);
    user.sign_in(PAT, &[]).exits(0);
    assert!(user.home.join("xdg/alter/auth.toml").exists());
}

#[test]
fn what_others_can_reach_is_refused_with_the_chmod_to_run() {
    let portal = portal();
    let user = User::at(&portal);
    for (file, bits, fix) in [
        (true, 0o640, "chmod 600"),
        (true, 0o604, "chmod 600"),
        (true, 0o620, "chmod 600"),
        (true, 0o602, "chmod 600"),
        (false, 0o720, "chmod 700"),
        (false, 0o702, "chmod 700"),
        (false, 0o777, "chmod 700"),
    ] {
        user.store(&stored_text(&portal));
        let path = if file { user.file() } else { user.config() };
        mode(&path, bits);
        let fix = format!("{fix} {}", path.display());
        user.run(&["auth", "status"]).exits(2).stderr_has(&fix);
        user.run(&["auth", "logout"]).exits(2).stderr_has(&fix);
        user.sign_in(OTHER_PAT, &[]).exits(2).stderr_has(&fix);
    }
    user.store(&stored_text(&portal));
    mode(&user.config(), 0o755);
    assert_eq!(user.source(), "file");
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    let portal = portal();
    let mut user = User::at(&portal);
    if !rustix::process::geteuid().is_root() {
        user.set("ALTER_CONFIG_DIR", "/etc");
        user.run(&["auth", "status"]).exits(2).stderr_has("another user");
        return;
    }
    user.store(&stored_text(&portal));
    chown(user.file(), Some(12345), None).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("another user");
    chown(user.file(), Some(0), None).unwrap();
    assert_eq!(user.source(), "file");
    chown(user.config(), Some(12345), None).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("another user");
}

#[test]
fn a_symlink_a_fifo_and_a_folder_are_no_file() {
    let portal = portal();
    let user = User::at(&portal);
    user.store(&stored_text(&portal));
    let aside = user.home.join("aside");
    fs::rename(user.file(), &aside).unwrap();
    symlink(&aside, user.file()).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("symlink");
    user.sign_in(OTHER_PAT, &[]).exits(2).stderr_has("symlink");
    fs::remove_file(user.file()).unwrap();
    mknodat(CWD, user.file(), FileType::Fifo, Mode::from(0o600), 0).unwrap();
    let run = user.run(&["auth", "status"]);
    run.exits(2).stderr_has("not a regular file");
    assert!(run.took < Duration::from_secs(2));
    fs::remove_file(user.file()).unwrap();
    fs::create_dir(user.file()).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("not a regular file");
}

#[test]
fn a_folder_that_is_a_symlink_is_refused() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.store(&stored_text(&portal));
    let link = user.home.join("link");
    symlink(user.config(), &link).unwrap();
    for slash in ["", "/"] {
        user.set("ALTER_CONFIG_DIR", format!("{}{slash}", link.display()));
        user.run(&["auth", "status"]).exits(2).stderr_has("symlink");
    }
}

#[test]
fn a_malformed_file_names_the_line_and_nothing_of_it() {
    let portal = portal();
    let user = User::at(&portal);
    for (text, line) in [
        (stored_text(&portal) + "sekret\n", "line 5"),
        (stored_text(&portal).replace("\"alter_pat", "alter_pat"), "line 4"),
        (stored_text(&portal).replace("alter_pat_", "alter_rk_"), "line 4"),
        ("\u{1}sekret".to_owned(), "line 1"),
    ] {
        user.store(&text);
        user.run(&["auth", "status"])
            .exits(2)
            .stderr_has(line)
            .stderr_has(&user.file().display().to_string());
        user.sign_in(OTHER_PAT, &[]).exits(2).stderr_has(line);
        assert_eq!(fs::read_to_string(user.file()).unwrap(), text);
    }
    fs::write(user.file(), b"\xffsekret").unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("UTF-8");
    fs::write(user.file(), vec![b'#'; 2 << 20]).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("1 MiB");
}

#[test]
fn simultaneous_sign_ins_are_all_stored() {
    let portal = portal();
    let user = User::at(&portal);
    let profiles: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    thread::scope(|scope| {
        for profile in &profiles {
            scope.spawn(|| {
                user.sign_in(PAT, &["--profile", profile]).exits(0);
            });
        }
    });
    let listed = user.run(&["auth", "list", "--output", "json"]);
    listed.exits(0);
    assert_eq!(listed.json().as_array().unwrap().len(), profiles.len());
}

/// A name as the program gives its new files.
const LEFT_BEHIND: &str = ".auth.toml.0123456789abcdef.new";

#[test]
fn a_temporary_file_left_behind_is_replaced() {
    let portal = portal();
    let user = User::at(&portal);
    user.store(&stored_text(&portal));
    let (left, mine) = (user.config().join(LEFT_BEHIND), user.config().join("auth.toml.new"));
    fs::write(&left, "half").unwrap();
    fs::write(&mine, "somebody's own").unwrap();
    user.sign_in(OTHER_PAT, &["--profile", "other"]).exits(0);
    assert!(!left.exists() && mine.exists());
    assert_eq!(user.source(), "file");
}

#[test]
fn reading_writes_nothing() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.store(&stored_text(&portal));
    mode(&user.file(), 0o400);
    mode(&user.config(), 0o500);
    let before = fs::metadata(user.config()).unwrap().mtime_nsec();
    assert_eq!(user.source(), "file");
    user.run(&["auth", "list"]).exits(0);
    user.run(&["auth", "logout", "--profile", "none"]).exits(0);
    assert_eq!(fs::read_dir(user.config()).unwrap().count(), 1);
    assert_eq!(fs::metadata(user.config()).unwrap().mtime_nsec(), before);
    user.set("ALTER_CONFIG_DIR", "/proc/alter");
    user.run(&["auth", "status"]).exits(3);
    user.sign_in(PAT, &[]).exits(1).stderr_has("/proc/alter");
}

#[test]
fn a_hard_link_to_the_file_is_refused() {
    let portal = portal();
    let user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    fs::hard_link(user.file(), user.home.join("other-name")).unwrap();
    user.run(&["auth", "status"]).exits(2).stderr_has("has a second hard link");
    user.sign_in(PAT, &[]).exits(2).stderr_has("has a second hard link");
}

#[test]
fn signing_out_removes_what_was_left_half_written() {
    let portal = portal();
    let user = User::at(&portal);
    let new = user.config().join(LEFT_BEHIND);
    for signed_in in [true, false] {
        if signed_in {
            user.sign_in(PAT, &[]).exits(0);
        }
        fs::write(&new, stored_text(&portal)).unwrap();
        user.run(&["auth", "logout"]).exits(0);
        assert!(!new.exists() && !user.file().exists(), "{signed_in}");
    }
}

#[test]
fn an_unwritable_config_folder_is_reported_before_the_browser_opens() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.set("ALTER_CONFIG_DIR", "/proc/nope");
    let run = user.run(&["auth", "login", "--no-browser", "--timeout", "1"]);
    run.exits(1)
        .stderr_has("/proc/nope: ")
        .stderr_has("set ALTER_CONFIG_DIR")
        .hides("/cli/authorize");
}
