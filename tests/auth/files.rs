//! `auth.toml`: who may see it, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::{Home, OTHER_PAT, PAT, Portal, mode};

fn kept(portal: &Portal) -> String {
    format!(
        "[[signin]]\norigin = \"{}\"\nprofile = \"default\"\npat = \"{PAT}\"\n",
        portal.server.url()
    )
}

#[test]
fn file_and_folder_are_for_their_owner_alone() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    home.sign_in(PAT, &[]).exits(0).says(&format!("plain text in {}", home.file().display()));
    let mode = |path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(home.config()), 0o700);
    assert_eq!(mode(home.file()), 0o600);
    home.sign_in(PAT, &["--profile", "other"]).exits(0);
    assert_eq!(mode(home.file()), 0o600);
    let names: Vec<_> = fs::read_dir(home.config())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "auth.lock")
        .collect();
    assert_eq!(names, ["auth.toml"]);
}

#[test]
fn the_folder_is_found_as_documented() {
    let portal = Portal::new();
    let mut home = Home::at(&portal);
    home.set("ALTER_CONFIG_DIR", "");
    home.sign_in(PAT, &[]).exits(0);
    assert!(home.root.join("home/.config/alter/auth.toml").exists());
    home.set("XDG_CONFIG_HOME", "relative");
    assert_eq!(home.source(), "file");
    home.set("XDG_CONFIG_HOME", home.root.join("xdg").display());
    home.run(&["auth", "status"]).exits(3);
    home.sign_in(PAT, &[]).exits(0);
    assert!(home.root.join("xdg/alter/auth.toml").exists());
}

#[test]
fn what_others_can_reach_is_refused_with_the_chmod_to_run() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    for (file, bits, fix) in [
        (true, 0o640, "chmod 600"),
        (true, 0o604, "chmod 600"),
        (true, 0o620, "chmod 600"),
        (true, 0o602, "chmod 600"),
        (false, 0o720, "chmod 700"),
        (false, 0o702, "chmod 700"),
        (false, 0o777, "chmod 700"),
    ] {
        home.keep(&kept(&portal));
        let path = if file { home.file() } else { home.config() };
        mode(&path, bits);
        let fix = format!("{fix} {}", path.display());
        home.run(&["auth", "status"]).exits(2).says(&fix);
        home.run(&["auth", "logout"]).exits(2).says(&fix);
        home.sign_in(OTHER_PAT, &[]).exits(2).says(&fix);
    }
    home.keep(&kept(&portal));
    mode(&home.config(), 0o755);
    assert_eq!(home.source(), "file");
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    let portal = Portal::new();
    let mut home = Home::at(&portal);
    if !rustix::process::geteuid().is_root() {
        home.set("ALTER_CONFIG_DIR", "/etc");
        home.run(&["auth", "status"]).exits(2).says("another user");
        return;
    }
    home.keep(&kept(&portal));
    chown(home.file(), Some(12345), None).unwrap();
    home.run(&["auth", "status"]).exits(2).says("another user");
    chown(home.file(), Some(0), None).unwrap();
    assert_eq!(home.source(), "file");
    chown(home.config(), Some(12345), None).unwrap();
    home.run(&["auth", "status"]).exits(2).says("another user");
}

#[test]
fn a_symlink_a_fifo_and_a_folder_are_no_file() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    home.keep(&kept(&portal));
    let aside = home.root.join("aside");
    fs::rename(home.file(), &aside).unwrap();
    symlink(&aside, home.file()).unwrap();
    home.run(&["auth", "status"]).exits(2).says("symlink");
    home.sign_in(OTHER_PAT, &[]).exits(2).says("symlink");
    fs::remove_file(home.file()).unwrap();
    mknodat(CWD, home.file(), FileType::Fifo, Mode::from(0o600), 0).unwrap();
    let run = home.run(&["auth", "status"]).exits(2).says("not a regular file");
    assert!(run.took < Duration::from_secs(2));
    fs::remove_file(home.file()).unwrap();
    fs::create_dir(home.file()).unwrap();
    home.run(&["auth", "status"]).exits(2).says("not a regular file");
}

#[test]
fn a_folder_that_is_a_symlink_is_refused() {
    let portal = Portal::new();
    let mut home = Home::at(&portal);
    home.keep(&kept(&portal));
    let link = home.root.join("link");
    symlink(home.config(), &link).unwrap();
    for slash in ["", "/"] {
        home.set("ALTER_CONFIG_DIR", format!("{}{slash}", link.display()));
        home.run(&["auth", "status"]).exits(2).says("symlink");
    }
}

#[test]
fn a_malformed_file_names_the_line_and_nothing_of_it() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    for (text, line) in [
        (kept(&portal) + "sekret\n", "line 5"),
        (kept(&portal).replace("\"alter_pat", "alter_pat"), "line 4"),
        (kept(&portal).replace("alter_pat_", "alter_rk_"), "line 4"),
        ("\u{1}sekret".to_owned(), "line 1"),
    ] {
        home.keep(&text);
        home.run(&["auth", "status"]).exits(2).says(line).says(&home.file().display().to_string());
        home.sign_in(OTHER_PAT, &[]).exits(2).says(line);
        assert_eq!(fs::read_to_string(home.file()).unwrap(), text);
    }
    fs::write(home.file(), b"\xffsekret").unwrap();
    home.run(&["auth", "status"]).exits(2).says("UTF-8");
    fs::write(home.file(), vec![b'#'; 2 << 20]).unwrap();
    home.run(&["auth", "status"]).exits(2).says("1 MiB");
}

#[test]
fn sign_ins_at_once_are_all_kept() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    let profiles: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    thread::scope(|scope| {
        for profile in &profiles {
            scope.spawn(|| home.sign_in(PAT, &["--profile", profile]).exits(0));
        }
    });
    let listed = home.run(&["auth", "list", "--output", "json"]).exits(0);
    assert_eq!(listed.json().as_array().unwrap().len(), profiles.len());
}

#[test]
fn a_new_file_left_by_one_that_was_killed_is_no_obstacle() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    home.keep(&kept(&portal));
    fs::write(home.config().join("auth.toml.new"), "half").unwrap();
    home.sign_in(OTHER_PAT, &["--profile", "other"]).exits(0);
    assert!(!home.config().join("auth.toml.new").exists());
    assert_eq!(home.source(), "file");
}

#[test]
fn reading_writes_nothing() {
    let portal = Portal::new();
    let mut home = Home::at(&portal);
    home.keep(&kept(&portal));
    mode(&home.file(), 0o400);
    mode(&home.config(), 0o500);
    let before = fs::metadata(home.config()).unwrap().mtime_nsec();
    assert_eq!(home.source(), "file");
    home.run(&["auth", "list"]).exits(0);
    home.run(&["auth", "logout", "--profile", "none"]).exits(0);
    assert_eq!(fs::read_dir(home.config()).unwrap().count(), 1);
    assert_eq!(fs::metadata(home.config()).unwrap().mtime_nsec(), before);
    home.set("ALTER_CONFIG_DIR", "/proc/alter");
    home.run(&["auth", "status"]).exits(3);
    home.sign_in(PAT, &[]).exits(1).says("/proc/alter");
}

#[test]
fn a_second_name_of_the_file_is_refused() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    home.sign_in(PAT, &[]).exits(0);
    fs::hard_link(home.file(), home.root.join("other-name")).unwrap();
    home.run(&["auth", "status"]).exits(2).says("has a second name (a hard link)");
    home.sign_in(PAT, &[]).exits(2).says("has a second name (a hard link)");
}

#[test]
fn signing_out_removes_what_was_left_half_written() {
    let portal = Portal::new();
    let home = Home::at(&portal);
    let new = home.config().join("auth.toml.new");
    for signed_in in [true, false] {
        if signed_in {
            home.sign_in(PAT, &[]).exits(0);
        }
        fs::write(&new, kept(&portal)).unwrap();
        home.run(&["auth", "logout"]).exits(0);
        assert!(!new.exists() && !home.file().exists(), "{signed_in}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_the_browser_opens() {
    let portal = Portal::new();
    let mut home = Home::at(&portal);
    home.set("ALTER_CONFIG_DIR", "/proc/nope");
    let run = home.run(&["auth", "login", "--no-browser", "--timeout", "1"]);
    run.exits(1).says("/proc/nope: ").says("set ALTER_CONFIG_DIR").hides("/cli/authorize");
}
