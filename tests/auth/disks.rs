//! File systems that lack what a Linux disk has: locks, permissions, a way to be flushed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{PAT, User, mode, portal};
use crate::support::alter::PROGRAM;
use crate::support::{APP, Alter, Outcome, alter, skipped};

/// Runs it where a system call fails in this way.
fn where_fails(run: Alter, injected: &str) -> Outcome {
    let inject = format!("inject={injected}");
    let words = ["/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject, PROGRAM];
    run.program(&words.map(AsRef::as_ref)).run()
}

#[test]
fn a_disk_without_locks_is_named_with_the_way_on() {
    let portal = portal();
    let user = User::at(&portal);
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let run = user.alter(&["auth", "login", "--token-stdin"]).stdin(PAT);
        let run = where_fails(run, &format!("flock:error={error}"));
        run.exits(1).stderr_has("this file system has no locks").hides("sekret");
        run.stderr_has("set ALTER_CONFIG_DIR").stderr_has("ALTER_PAT");
        assert!(!user.file().exists());
    }
    // Where nothing is lost that is secret, it goes on without.
    let work = user.home.folder("work");
    let run = alter(["link", APP]).home(&user.home).cwd(&work);
    where_fails(run, "flock:error=ENOLCK").exits(0);
    let run = alter(["init", "--url", "https://mcp.example.com"]).home(&user.home).cwd(&work);
    where_fails(run, "flock:error=ENOLCK").exits(0);
}

#[test]
fn a_flush_that_cannot_be_had_is_not_a_failure() {
    let portal = portal();
    let user = User::at(&portal);
    for error in ["EINVAL", "EOPNOTSUPP"] {
        let run = user.alter(&["auth", "login", "--token-stdin"]).stdin(PAT);
        where_fails(run, &format!("fsync:error={error}")).exits(0).stderr_has("Signed in to");
        assert_eq!(user.source(), "file");
        let run = user.alter(&["auth", "logout"]);
        where_fails(run, &format!("fsync:error={error}")).exits(0).stderr_has("Signed out");
        let work = user.home.folder(error);
        let run = alter(["link", APP]).home(&user.home).cwd(&work);
        where_fails(run, &format!("fsync:error={error}")).exits(0);
        assert!(work.join(".alter/config.yaml").exists());
    }
    let run = user.alter(&["auth", "login", "--token-stdin"]).stdin(PAT);
    where_fails(run, "fsync:error=EIO").exits(1).hides("sekret");
}

/// A mount on which every file and folder is open to everybody and stays so, as on drvfs; gone when it is dropped.
struct OpenMount(PathBuf);

impl OpenMount {
    fn new(source: &Path, at: &Path) -> Option<Self> {
        let mounted = Command::new("bindfs")
            .args(["-p", "0777", "--chmod-ignore"])
            .args([source, at])
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for OpenMount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_disk_without_permissions_is_named_with_the_way_on() {
    let portal = portal();
    let mut user = User::at(&portal);
    let (source, at) = (user.home.folder("source"), user.home.folder("open"));
    let Some(_mount) = OpenMount::new(&source, &at) else {
        skipped("bindfs cannot mount here");
        return;
    };
    assert_eq!(fs::metadata(&at).unwrap().permissions().mode() & 0o777, 0o777);
    user.set("ALTER_CONFIG_DIR", at.join("alter").display());
    for _ in 0..2 {
        let run = user.sign_in(PAT, &[]);
        run.exits(2).stderr_has("keeps no permissions").stderr_has("set ALTER_CONFIG_DIR");
        run.stderr_has("ALTER_PAT");
        assert!(!run.err().contains("chmod"), "{run}");
    }
    // A folder that is there already: the advice leads on where chmod does nothing.
    fs::create_dir(at.join("alter")).unwrap();
    mode(&at.join("alter"), 0o700);
    user.sign_in(PAT, &[]).exits(2).stderr_has("chmod 700").stderr_has("where that has no effect");
    assert_eq!(fs::read_dir(source.join("alter")).unwrap().count(), 0);
}
