//! Work folders that somebody else filled: what is in them steers nothing, and is never written through.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::process::Command;
use std::time::Instant;

use crate::support::{APP, Home, Outcome, alter};

fn link(home: &Home) -> Outcome {
    alter(["link", APP]).home(home).env("HOME", "/nonexistent").cwd(&home.folder("work")).run()
}

fn status(home: &Home) -> Outcome {
    alter(["link", "--status"])
        .home(home)
        .env("HOME", "/nonexistent")
        .cwd(&home.folder("work"))
        .run()
}

#[test]
fn links_are_not_written_through() {
    // What only looks like a temporary file is somebody's own; every other link is refused and named.
    for (from, to, code) in [
        ("work/.alter", "away", 2),
        ("work/.alter/config.yaml", "victim", 2),
        ("work/.alter/config.yaml.new", "victim", 0),
        ("work/.gitignore", "victim", 2),
    ] {
        let home = Home::new();
        home.folder("work/.git");
        home.folder("away");
        home.write("victim", "app_id: mine\n");
        if from != "work/.alter" {
            home.folder("work/.alter");
        }
        symlink(home.join(to), home.join(from)).expect("a link");
        let run = link(&home);
        run.exits(code).stderr_has(if code == 0 { "pinned" } else { "is a symlink" });
        assert_eq!(home.read("victim"), "app_id: mine\n", "{from}");
        assert_eq!(fs::read_dir(home.join("away")).expect("a folder").count(), 0, "{from}");
        if from == "work/.gitignore" {
            assert!(!home.join("work/.alter/config.yaml").exists(), "pinned and then refused");
        }
    }
}

#[test]
fn a_hard_linked_file_is_replaced_and_not_written_through() {
    for name in [".gitignore", ".alter/config.yaml"] {
        let home = Home::new();
        home.folder("work/.git");
        home.folder("work/.alter");
        home.write("victim", "key: kept\n");
        fs::hard_link(home.join("victim"), home.join("work").join(name)).expect("a second name");
        link(&home).exits(0);
        assert_eq!(home.read("victim"), "key: kept\n", "{name}");
        assert!(home.read(&format!("work/{name}")).contains("key: kept\n"));
    }
}

/// Lays something where a config is looked for.
type Lay = fn(&Home);

#[test]
fn what_is_no_small_file_is_refused_at_once() {
    let fifo = |home: &Home| {
        home.fifo("work/.alter/config.yaml");
    };
    let large = |home: &Home| {
        let file = fs::File::create(home.join("work/.alter/config.yaml")).expect("a file");
        file.set_len(1 << 30).expect("a sparse file");
    };
    let device = |home: &Home| {
        symlink("/dev/zero", home.join("work/.alter/config.yaml")).expect("a link");
    };
    let makers: [(Lay, &str); 3] =
        [(fifo, "is no regular file"), (large, "is larger than 64 KiB"), (device, "is a symlink")];
    for (make, why) in makers {
        let home = Home::new();
        home.folder("work/.alter");
        make(&home);
        let begun = Instant::now();
        status(&home).exits(2).stderr_has(why);
        link(&home)
            .exits(2)
            .stderr_has(why)
            .stderr_has("fix: correct it or remove it, then alter link ID");
        assert!(begun.elapsed().as_secs() < 5, "{why}");
    }
}

#[test]
fn a_pin_of_another_user_is_refused_and_named() {
    for theirs in ["work/.alter/config.yaml", "work/.alter"] {
        let home = Home::new();
        home.write("work/.alter/config.yaml", format!("app_id: {APP}\n"));
        home.folder("work/below");
        // Only root can give a file away.
        if chown(home.join(theirs), Some(65_534), None).is_err() {
            return;
        }
        let why = format!("{}: belongs to another user", home.join(theirs).display());
        for words in [["link", "--status"], ["keys", "list"]] {
            alter(words).home(&home).cwd(&home.join("work/below")).run().exits(2).stderr_has(&why);
        }
        link(&home).exits(2).stderr_has(&why);
    }
}

#[test]
fn a_config_that_cannot_be_read_is_neither_pinned_nor_lost() {
    for broken in ["{{{", "{a: 1}\n", "--- {a: 1}\n", "caf\u{e9}\n"] {
        let home = Home::new();
        home.folder("work/.alter");
        home.write("work/.alter/config.yaml", broken);
        for run in [link(&home), status(&home)] {
            run.exits(2).stderr_has("  fix: correct it or remove it, then alter link ID\n");
        }
        assert_eq!(home.read("work/.alter/config.yaml"), broken);
    }
}

#[test]
fn the_keys_of_a_marked_config_are_preserved() {
    for (before, after) in [
        ("---\napp_id: old\nother: 1\n", format!("---\napp_id: {APP}\nother: 1\n")),
        ("# c\n---\nk: v\n...\n", format!("# c\n---\napp_id: {APP}\nk: v\n...\n")),
    ] {
        let home = Home::new();
        home.folder("work/.alter");
        home.write("work/.alter/config.yaml", before);
        link(&home).exits(0);
        assert_eq!(home.read("work/.alter/config.yaml"), after);
        assert_eq!(status(&home).exits(0).json()["app_id"], APP);
    }
}

#[test]
fn unlinking_keeps_the_other_keys() {
    let home = Home::new();
    home.folder("work/.alter");
    home.write("work/.alter/config.yaml", format!("# ours\napp_id: {APP}\nother: 1\n"));
    let unlink = alter(["unlink"]).home(&home).env("HOME", "/nonexistent").cwd(&home.join("work"));
    unlink.run().exits(0);
    assert_eq!(home.read("work/.alter/config.yaml"), "# ours\nother: 1\n");
}

#[test]
fn the_home_folder_takes_no_pin() {
    let home = Home::new();
    let folder = home.folder("work");
    let run = alter(["link", APP]).home(&home).env("HOME", &folder).cwd(&folder).run();
    run.exits(2).stderr_has("is the home folder, where no pin is looked for");
    assert!(!folder.join(".alter").exists());
}

#[test]
fn no_git_of_the_checkout_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.folder("work/.git");
    let fake = home.write("work/git", "#!/bin/sh\ntouch ran\n");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).expect("a mode");
    let path = format!(".::{}", std::env::var("PATH").expect("a path"));
    let work = home.folder("work");
    let run = alter(["link", APP]).home(&home).env("HOME", "/nonexistent").env("PATH", path);
    run.cwd(&work).run().exits(0);
    assert!(!work.join("ran").exists());
}

#[test]
fn git_fetches_nothing_that_the_checkout_lacks() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let work = home.folder("work");
    let program = home.write("fetch", "#!/bin/sh\ntouch ../fetched\n");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
    home.write("work/.gitignore", "target\n");
    // The ignore file is in the index alone, and its text is to come from a remote that is a program.
    let url = format!("ext::{}", program.display());
    let lay = "git init -q && git add .gitignore && git update-index --skip-worktree .gitignore && rm -r .gitignore .git/objects/??
        git config core.repositoryformatversion 1 && git config extensions.partialClone origin &&
        git config remote.origin.promisor true && git config remote.origin.url \"$1\" && git config protocol.ext.allow always";
    let laid = Command::new("sh").args(["-c", lay, "sh", &url]).current_dir(&work).status();
    assert!(laid.expect("a shell").success());
    let check = Command::new("git").args(["check-ignore", "x"]).current_dir(&work).output();
    assert!(home.join("fetched").exists(), "git itself fetches: {check:?}");
    fs::remove_file(home.join("fetched")).expect("a file");
    link(&home).exits(0);
    assert!(!home.join("fetched").exists());
}
