//! `alter link`, `alter unlink`, and which app a command acts on.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{APP, Alter, Home, PAT, Server, alter};

const OTHER: &str = "b2b2b2b2-0001-4000-8000-000000000001";

/// The app that a command would act on, and what selected it.
#[track_caller]
fn selected(run: Alter) -> (Value, Value) {
    let shown = run.run().exits(0).says("").json();
    (shown["app_id"].clone(), shown["source"].clone())
}

fn status() -> Alter {
    alter(["link", "--status"])
}

#[test]
fn links_shows_and_unlinks() {
    let (home, server) = (Home::new(), Server::unused());
    let work = home.folder("work");
    let file = work.join(".alter/config.yaml");
    let name = file.display();
    let link = alter(["link", APP]).to(&server).home(&home).cwd(&work).run();
    link.exits(0).prints("").says(&format!("alter: pinned app_id={APP} in {name}\n"));
    assert_eq!(home.read("work/.alter/config.yaml"), format!("app_id: {APP}\n"));

    let below = home.folder("work/deep/down");
    let shown = status().home(&home).cwd(&below).run();
    shown.exits(0).prints(&format!(
        "{{\n  \"app_id\": \"{APP}\",\n  \"source\": \"pin\",\n  \"file\": \"{name}\"\n}}\n"
    ));
    let table = alter(["link", "--status", "--output=table"]).home(&home).cwd(&work).run();
    table.exits(0).prints(&format!("app_id  {APP}\nsource  pin\nfile    {name}\n"));
    let used = alter(["keys", "list", "--dry-run"]).home(&home).cwd(&below).run();
    assert_eq!(used.exits(0).json()["path"], format!("/api/v1/apps/{APP}/keys?limit=200"));

    alter(["unlink"])
        .home(&home)
        .cwd(&below)
        .run()
        .exits(0)
        .prints("")
        .says(&format!("Unpinned {APP} ({name})\n"));
    assert!(!work.join(".alter").exists());
    status()
        .home(&home)
        .cwd(&work)
        .run()
        .exits(4)
        .stderr_has("alter: no app: nothing is pinned or selected here\n");
    alter(["unlink"])
        .home(&home)
        .cwd(&work)
        .run()
        .exits(4)
        .says("alter: no pin: no app is pinned here\n");
    server.untouched();
}

#[test]
fn the_flag_beats_the_environment_beats_the_pin() {
    let home = Home::new();
    let work = home.folder("work");
    home.write("work/.alter/config.yaml", "app_id: pinned\n");
    let at = |run: Alter| run.home(&home).cwd(&work);
    assert_eq!(selected(at(status())), (json!("pinned"), json!("pin")));
    assert_eq!(
        selected(at(status()).env("ALTER_APP_ID", "env")),
        (json!("env"), json!("environment"))
    );
    let flag = at(alter(["link", "--status", "--app", "flag"])).env("ALTER_APP_ID", "env");
    assert_eq!(selected(flag), (json!("flag"), json!("flag")));
    at(status()).env("ALTER_APP_ID", "").run().exits(2).says("alter: ALTER_APP_ID: is empty\n");
    at(alter(["link", "--status", "--app="])).run().exits(2).says("alter: --app: is empty\n");
    at(alter(["keys", "list", "--app", "a\u{1}b"]))
        .run()
        .exits(2)
        .says("alter: --app: has a control character in it\n");
}

#[test]
fn a_pin_that_the_environment_overrides_is_warned_of() {
    let home = Home::new();
    let link = |set: &str| {
        let run = alter(["link", APP]).home(&home).cwd(&home.folder("work"));
        run.env("ALTER_APP_ID", set).run()
    };
    link(OTHER).exits(0).stderr_has(&format!(
        "\nwarning: ALTER_APP_ID is set to {OTHER}, and wins over this pin\n"
    ));
    // Compared with the new pin, not with the one before.
    link(OTHER).exits(0).stderr_has("wins over this pin");
    link(APP).exits(0).hides("warning");
}

#[test]
fn a_credential_is_not_pinned() {
    let home = Home::new();
    let run = alter(["link", PAT]).home(&home).cwd(&home.folder("work")).run();
    run.exits(2).says("alter: <id>: looks like a credential: nothing was pinned\n");
    assert_eq!(home.listing(), ["work"]);
}

#[test]
fn no_app_is_exit_2_with_the_three_ways() {
    let server = Server::unused();
    let run = alter(["keys", "list"]).to(&server).run();
    run.exits(2).prints("").says(
        "alter: no app selected: this command acts on one app\n  \
         fix: give --app ID, set ALTER_APP_ID, or pin one with alter link ID\n",
    );
    server.untouched();
}

#[test]
fn the_search_stops_at_the_home_folder() {
    let home = Home::new();
    home.write("user/.alter/config.yaml", "app_id: in-home\n");
    home.write(".alter/config.yaml", "app_id: above-home\n");
    let user = home.join("user");
    let work = home.folder("user/work");
    let at = |folder: &Path| status().home(&home).env("HOME", &user).cwd(folder).run();
    at(&work).exits(4);
    at(&user).exits(4);
    // Outside the home folder the walk goes on to the root.
    assert_eq!(at(&home.folder("other/deep")).exits(0).json()["app_id"], "above-home");
    // A link to the home folder is the home folder.
    std::os::unix::fs::symlink(&user, home.join("link")).expect("a link");
    status().home(&home).env("HOME", home.join("link")).cwd(&work).run().exits(4);
}

#[test]
fn the_nearest_pin_wins() {
    let home = Home::new();
    home.write("work/.alter/config.yaml", "app_id: outer\n");
    home.write("work/in/.alter/config.yaml", "app_id: inner\n");
    let at = |name: &str| selected(status().home(&home).cwd(&home.folder(name))).0;
    assert_eq!(at("work/in/deep"), "inner");
    assert_eq!(at("work/other"), "outer");
}

#[test]
fn a_broken_config_stops_the_search() {
    let home = Home::new();
    home.write("work/.alter/config.yaml", "app_id: outer\n");
    let server = Server::unused();
    for (text, why) in [
        ("", "has no app_id"),
        ("other: 1\n", "has no app_id"),
        ("nested:\n  app_id: x\n", "has no app_id"),
        ("rubbish\n", "line 1 is not `key: value`"),
        ("app_id:\n", "is empty"),
        ("app_id: ''\n", "is empty"),
        ("app_id: \"a\u{7}b\"\n", "has a control character in it"),
    ] {
        let file = home.write("work/in/.alter/config.yaml", text);
        let run = alter(["keys", "list"]).to(&server).home(&home).cwd(&home.join("work/in")).run();
        run.exits(2).prints("").stderr_has(&format!("alter: {}: {why}\n", file.display()));
    }
    home.write("work/in/.alter/config.yaml", b"app_id: \xff\n");
    let at = |folder: &Path| status().home(&home).cwd(folder).run();
    at(&home.join("work/in")).exits(2).stderr_has("config.yaml");
    at(&home.folder("work/none/.alter/..")).exits(2).stderr_has("work/none/.alter");
    home.write("work/file/.alter", "");
    at(&home.join("work/file")).exits(2).stderr_has("work/file/.alter");
    // A flag needs no pin.
    alter(["link", "--status", "--app", "x"]).home(&home).cwd(&home.join("work/in")).run().exits(0);
    server.untouched();
}

#[test]
fn other_keys_and_comments_are_preserved() {
    let home = Home::new();
    let work = home.folder("work");
    home.write(
        "work/.alter/config.yaml",
        "# ours\nteam: billing\napp_id: old\nlist:\n  - app_id: inner\n",
    );
    alter(["link", OTHER]).home(&home).cwd(&work).run().exits(0);
    let text = home.read("work/.alter/config.yaml");
    for line in
        ["# ours", "team: billing", "list:", "  - app_id: inner", &format!("app_id: {OTHER}")]
    {
        assert!(text.lines().any(|found| found == line), "no `{line}` in {text}");
    }
    assert!(!text.contains("old"), "{text}");
    assert_eq!(selected(status().home(&home).cwd(&work)).0, OTHER);
    home.write("work/.alter/notes", "mine");
    alter(["unlink"]).home(&home).cwd(&work).run().exits(0);
    assert_eq!(home.read("work/.alter/notes"), "mine");
}

#[test]
fn a_config_cannot_set_where_requests_go() {
    let (home, server) = (Home::new(), Server::unused());
    let work = home.folder("work");
    let text = format!(
        "app_id: x\nbase_url: {0}\nALTER_BASE_URL: {0}\npat: alter_pat_planted\n",
        server.url()
    );
    home.write("work/.alter/config.yaml", text);
    let run = alter(["keys", "list"]).home(&home).cwd(&work).run();
    run.exits(3).stderr_has("not signed in");
    server.untouched();
}

#[test]
fn odd_ids_survive_the_file() {
    let home = Home::new();
    let work = home.folder("work");
    for id in
        ["a b", "it's", "x: y # z", "\"quoted\"", "- dash", "true", "1e5", "日本", "#x", "x #y"]
    {
        alter(["link", "--", id]).home(&home).cwd(&work).run().exits(0);
        assert_eq!(selected(status().home(&home).cwd(&work)).0, id);
    }
    for (id, why) in [("", "is empty"), ("a\nb", "has a control character in it")] {
        let run = alter(["link", id]).home(&home).cwd(&work).run();
        run.exits(2).says(&format!("alter: <id>: {why}\n"));
    }
}

#[test]
fn link_wants_an_id_or_status() {
    alter(["link"])
        .run()
        .exits(2)
        .says("alter: <id>: is needed\n  fix: alter link ID, or alter link --status\n");
    alter(["link", "x", "--status"])
        .run()
        .exits(2)
        .says("alter: --status: cannot be combined with an id\n");
    let home = Home::new();
    let dry = || alter(["link", "x", "--dry-run"]).home(&home);
    let would =
        format!("dry run: would pin app_id=x in {}\n", home.file("work/.alter/config.yaml"));
    dry().cwd(&home.folder("work")).run().exits(0).prints("").says(&would);
    // It refuses what the real run would refuse.
    dry().run().exits(2).stderr_has("is the home folder");
    assert_eq!(home.listing(), ["work"]);
}

fn git(folder: &Path, words: &[&str]) {
    let done = Command::new("git")
        .args(words)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    assert!(done.status.success(), "git {words:?}: {done:?}");
}

#[test]
fn a_git_work_tree_ignores_the_pin() {
    let home = Home::new();
    let work = home.folder("repo/sub");
    git(&home.join("repo"), &["init", "-q"]);
    let link = || alter(["link", APP]).home(&home).env("HOME", "/nonexistent").cwd(&work).run();
    link()
        .exits(0)
        .stderr_has("alter: appended `.alter/` to .gitignore so the pin isn't committed.\n");
    assert_eq!(home.read("repo/.gitignore"), ".alter/\n");
    let again = link();
    assert!(!again.exits(0).err().contains("appended"), "{again}");
    assert_eq!(home.read("repo/.gitignore"), ".alter/\n");
    let status = Command::new("git")
        .args(["status", "--porcelain", "-uall"])
        .current_dir(&work)
        .output()
        .expect("git");
    assert_eq!(String::from_utf8_lossy(&status.stdout), "?? .gitignore\n");

    home.write("repo/.gitignore", "target");
    link().exits(0);
    assert_eq!(home.read("repo/.gitignore"), "target\n.alter/\n");
    home.write("repo/.gitignore", "target\n**/.alter/\n");
    link().exits(0);
    assert_eq!(home.read("repo/.gitignore"), "target\n**/.alter/\n");
    // Anchored to the top, this does not cover a folder below it.
    home.write("repo/.gitignore", "/.alter/\n");
    link().exits(0);
    assert_eq!(home.read("repo/.gitignore"), "/.alter/\n.alter/\n");
}

#[test]
fn a_linked_work_tree_has_a_file_for_git() {
    let home = Home::new();
    let main = home.folder("main");
    git(&main, &["init", "-q"]);
    git(
        &main,
        &["-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "m"],
    );
    git(&main, &["worktree", "add", "-q", "../tree"]);
    alter(["link", APP]).home(&home).cwd(&home.join("tree")).run().exits(0);
    assert_eq!(home.read("tree/.gitignore"), ".alter/\n");
    assert!(!home.join("main/.gitignore").exists());
}
