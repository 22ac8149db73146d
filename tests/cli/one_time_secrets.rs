//! Secrets that are shown once: printed, or written to a file, and never lost without a word.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;

use serde_json::Value;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{APP, Alter, Home, Outcome, Play, Portal, Server, alter};

fn mint() -> Alter {
    alter(["keys", "mint", "--name", "n", "--scopes", "tokens:retrieve", "--app", APP])
}

/// How many keys the app has.
fn count(portal: &Portal) -> usize {
    portal.ask(["keys", "list", "--app", APP]).as_array().map_or(0, Vec::len)
}

/// Checks that the newest key is reported with the command that revokes it, and its secret nowhere.
#[track_caller]
fn check_lost_secret(portal: &Portal, run: &Outcome, why: &str) {
    let rows = portal.ask(["keys", "list", "--app", APP]);
    let id = rows[0]["id"].as_str().expect("an id");
    run.exits(1).says(&format!(
        "alter: key {id} was made, but its secret is lost: {why}\n  fix: alter keys revoke --app {APP} --key {id}\n"
    ));
    run.hides("alter_rk_");
    let revoke = alter(["keys", "revoke", "--app", APP, "--key", id, "--yes"]).at(portal).run();
    revoke.exits(0);
}

/// Mints a key into a file, after a shell has changed what it runs in.
fn mint_after(setting: &str, file: &str, portal: &Portal, home: &Home) -> std::process::Output {
    let script = format!(
        "{setting}; exec '{}' keys mint --name n --scopes grants:read --secret-file {file}",
        crate::support::alter::PROGRAM
    );
    std::process::Command::new("bash")
        .args(["-c", &script])
        .env_clear()
        .envs([("ALTER_PAT", &portal.pat), ("ALTER_BASE_URL", &portal.base_url)])
        .env("ALTER_APP_ID", APP)
        .current_dir(home.path())
        .output()
        .expect("bash")
}

#[test]
fn a_minted_secret_is_printed_once() {
    let portal = Portal::new([]);
    let run = mint().at(&portal).run();
    let key = run.exits(0).says("Store the secret now: it is not shown again.\n").json();
    let secret = key["api_key"].as_str().expect("a secret");
    assert!(secret.starts_with("alter_rk_"), "{secret}");
    let id = key["id"].as_str().expect("an id");
    alter(["keys", "show", "--app", APP, "--key", id]).at(&portal).run().exits(0).hides(secret);
    let table = mint().arg("--output=table").at(&portal).run();
    table.exits(0).shows("\napi_key ").shows("alter_rk_");
    let rotated = alter(["keys", "rotate", "--app", APP, "--key", id]).at(&portal).run();
    let said = format!("to end it now: alter keys revoke --app {APP} --key {id} --yes\n");
    rotated.exits(0).stderr_has("Store the secret now: it is not shown again.\n").stderr_has(&said);
    let rotated = rotated.json();
    assert_eq!(rotated["rotated_from"]["id"], id);
    assert_ne!(rotated["api_key"], secret);
}

#[test]
fn a_secret_that_cannot_be_printed_is_reported_as_lost() {
    let portal = Portal::new([]);
    let full = || File::create("/dev/full").expect("/dev/full").into();
    let run = mint().at(&portal).run_into(full());
    check_lost_secret(&portal, &run, "cannot write to standard output: No space left on device");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let run = mint().at(&portal).run_into(writer.into());
    check_lost_secret(&portal, &run, "standard output was closed before it was printed");
    let run = mint().arg("--output=table").at(&portal).run_into(full());
    check_lost_secret(&portal, &run, "cannot write to standard output: No space left on device");
    let run = mint().arg("--output=json").at(&portal).run_into(full());
    let error = run.exits(1).error();
    assert!(
        error["fix"].as_str().is_some_and(|fix| fix.starts_with("alter keys revoke --app ")),
        "{error}"
    );
}

#[test]
fn other_output_that_cannot_be_written_is_an_error() {
    let server = Server::json(200, r#"[{"id":"x"}]"#);
    let run = alter(["apps", "list"])
        .to(&server)
        .run_into(File::create("/dev/full").expect("/dev/full").into());
    run.exits(1).says("alter: cannot write to standard output: No space left on device\n");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    alter(["apps", "list"]).to(&server).run_into(writer.into()).exits(0).says("");
    let help = alter(["--help"]).run_into(File::create("/dev/full").expect("/dev/full").into());
    help.exits(1).stderr_has("No space left on device");
}

#[test]
fn a_secret_file_holds_the_secret_alone() {
    let (portal, home) = (Portal::new([]), Home::new());
    let run = mint().arg("--secret-file=key").at(&portal).home(&home).run();
    let key = run
        .exits(0)
        .says("The secret is in key: it is not shown again.\n")
        .hides("alter_rk_abc")
        .json();
    assert_eq!(key["api_key"], "key");
    let secret = home.read("key");
    assert!(secret.starts_with("alter_rk_") && secret.len() == 38, "{secret:?}");
    run.hides(&secret);
    assert_eq!(secret[..16], *key["key_prefix"].as_str().expect("a prefix"));
    let mode = home.join("key").metadata().expect("the file").mode();
    assert_eq!(mode & 0o777, 0o600);
    let id = key["id"].as_str().expect("an id");
    let rotate =
        ["keys", "rotate", "--app", APP, "--key", id, "--secret-file", "new", "--fields", "id"];
    alter(rotate).at(&portal).home(&home).run().exits(0).hides("alter_rk_");
    assert_eq!(home.read("new").len(), 38);
    // Whatever the umask says.
    let open = mint_after("umask 0", "open", &portal, &home);
    assert!(open.status.success(), "{open:?}");
    assert_eq!(home.join("open").metadata().expect("the file").mode() & 0o777, 0o600);
}

#[test]
fn a_secret_file_is_checked_before_anything_is_minted() {
    let (server, home) = (Server::unused(), Home::new());
    home.write("taken", "mine");
    home.folder("folder");
    std::os::unix::fs::symlink(home.join("elsewhere"), home.join("dangling")).expect("a link");
    let run = |path: &str| mint().arg("--secret-file").arg(path).to(&server).home(&home).run();
    run("taken")
        .exits(5)
        .prints("")
        .says("alter: --secret-file: taken: exists already; nothing was created\n");
    run("folder").exits(5).prints("");
    run("dangling").exits(5).prints("");
    run("none/key")
        .exits(4)
        .prints("")
        .says("alter: --secret-file: none/key: there is no such folder\n");
    run("taken/key").exits(2).prints("").stderr_has("alter: --secret-file: taken/key: ");
    run("/proc/key").prints("").stderr_has("alter: --secret-file: /proc/key: ");
    for nowhere in ["", "-"] {
        run(nowhere)
            .exits(2)
            .prints("")
            .stderr_has("alter: --secret-file: wants the name of a new file");
    }
    assert_eq!(home.read("taken"), "mine");
    assert!(!home.join("elsewhere").exists());
    mint().arg("--dry-run").arg("--secret-file=dry").to(&server).home(&home).run().exits(0);
    assert!(!home.join("dry").exists());
    server.untouched();
}

#[test]
fn a_failed_mint_leaves_no_file() {
    for (status, body) in [
        (409, r#"{"error":"key_limit_reached","message":"Full."}"#),
        (200, "{}"),
        (200, "rubbish"),
        (200, "[]"),
    ] {
        let (server, home) = (Server::json(status, body), Home::new());
        let run = mint().arg("--secret-file=key").to(&server).home(&home).run();
        assert!(matches!(run.exits(if status == 409 { 5 } else { 1 }).status.code(), Some(1 | 5)));
        assert!(home.listing().is_empty(), "{body}: {:?}", home.listing());
    }
    let (server, home) = (Server::json(200, r#"{"id":"k1","api_key":null}"#), Home::new());
    let run = mint().arg("--secret-file=key").to(&server).home(&home).run();
    run.exits(1)
        .prints("")
        .stderr_has("alter: key k1 was made, but its secret is lost: ")
        .stderr_has(&format!("fix: alter keys revoke --app {APP} --key k1\n"));
    assert!(home.listing().is_empty());
}

#[test]
fn a_full_disk_under_the_secret_file_is_reported() {
    // A file-size limit of nothing stands in for a full disk.
    let (portal, home) = (Portal::new([]), Home::new());
    let before = count(&portal);
    let done = mint_after("ulimit -f 0", "key", &portal, &home);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{errors}");
    assert_eq!(count(&portal), before + 1);
    assert!(
        errors.contains("its secret is lost: key: File too large\n  fix: alter keys revoke --app "),
        "{errors}"
    );
    assert!(home.listing().is_empty(), "{:?}", home.listing());
}

#[test]
fn a_secret_in_its_file_survives_a_broken_output() {
    let (portal, home) = (Portal::new([]), Home::new());
    let run = mint()
        .arg("--secret-file=key")
        .at(&portal)
        .home(&home)
        .run_into(File::create("/dev/full").expect("/dev/full").into());
    run.exits(1)
        .stderr_has(" was made and its secret is in key")
        .stderr_has("  fix: to undo it: alter keys revoke --app ");
    assert_eq!(home.read("key").len(), 38);
}

#[test]
fn fields_may_not_drop_the_secret() {
    let (server, home) = (Server::unused(), Home::new());
    let run = mint().arg("--fields=id").to(&server).run();
    run.exits(2).prints("").says(
        "alter: --fields: leaves out api_key, which is shown only once\n  fix: add api_key to --fields, or give --secret-file\n",
    );
    server.untouched();
    let portal = Portal::new([]);
    let key = mint().arg("--fields=id,api_key").at(&portal).run().exits(0).json();
    assert_eq!(key.as_object().map(serde_json::Map::len), Some(2));
    let key = mint()
        .arg("--fields=id")
        .arg("--secret-file=key")
        .at(&portal)
        .home(&home)
        .run()
        .exits(0)
        .json();
    assert_eq!(key.as_object().map(serde_json::Map::len), Some(1));
    // A name that does not exist is found out only after the mint: the secret must be shown all the same.
    let before = count(&portal);
    let run = mint().arg("--fields=api_key,nope").at(&portal).run();
    assert_eq!(count(&portal), before + 1);
    run.exits(2).shows("alter_rk_").stderr_has("there is no `nope`");
    for output in ["table", "csv"] {
        let run = mint().arg("--fields=id").arg(format!("--output={output}")).at(&portal).run();
        run.exits(2).stderr_has("leaves out api_key");
        let run =
            mint().arg("--fields=api_key").arg(format!("--output={output}")).at(&portal).run();
        run.exits(0).shows("alter_rk_");
    }
}

#[test]
fn an_unwritable_folder_is_reported_before_the_mint() {
    let (server, home) = (Server::unused(), Home::new());
    let folder = home.folder("locked");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).expect("a mode");
    // Root may write anywhere; then there is nothing to see here.
    if File::create(folder.join("probe")).is_err() {
        mint().arg("--secret-file=locked/key").to(&server).home(&home).run().exits(2).prints("");
        server.untouched();
    }
}

#[test]
fn a_dry_run_shows_the_body_and_mints_nothing() {
    let portal = Portal::new([]);
    let before = count(&portal);
    let shown = mint().arg("--dry-run").at(&portal).run().exits(0).says("").json();
    assert_eq!(shown["path"], format!("/api/v1/apps/{APP}/keys"));
    assert_eq!(shown["body"]["scopes"], Value::from(vec!["tokens:retrieve"]));
    assert_eq!(count(&portal), before);
}

#[test]
fn a_secret_that_cannot_be_shown_is_not_minted() {
    let server = Server::unused();
    let null = File::options().write(true).open("/dev/null").expect("a device");
    let run = mint().to(&server).run_into(null.into());
    run.exits(2).stderr_has("  fix: give --secret-file PATH\n");
    let readable = File::open("/etc/passwd").expect("a file");
    let run = mint().to(&server).run_into(readable.into());
    run.exits(2).stderr_has("  fix: give --secret-file PATH\n");
    let mint = mint().to(&server).command();
    let mut closed = std::process::Command::new("sh");
    closed.args(["-c", "exec \"$@\" >&-", "sh"]).arg(mint.get_program()).args(mint.get_args());
    closed.env_clear().envs(mint.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = closed.output().expect("a shell");
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    server.untouched();
}

#[test]
fn an_answer_without_id_and_secret_is_a_broken_contract() {
    let server = Server::json(201, "{}");
    mint()
        .to(&server)
        .run()
        .exits(1)
        .stderr_has("has no id")
        .stderr_has("it may have been done all the same");
}

#[test]
fn the_revoke_command_of_a_message_is_quoted() {
    let server = Server::json(201, r#"{"id":"$(touch x)","api_key":null}"#);
    mint().to(&server).run().exits(1).stderr_has(&format!("--app {APP} --key '$(touch x)'\n"));
}

#[test]
fn an_interrupted_mint_leaves_no_file_and_says_how_to_look() {
    for signal in [Signal::INT, Signal::TERM] {
        let (tell, told) = std::sync::mpsc::channel();
        let server = Server::new(move |_| {
            tell.send(()).expect("the test waits");
            Play::stall()
        });
        let home = Home::new();
        let file = home.join("secret.key");
        let run = mint().home(&home).arg("--secret-file").arg(&file).to(&server);
        let child = run.spawn_interruptible();
        told.recv().expect("a request");
        kill_process(Pid::from_child(&child), signal).expect("it was waiting");
        let ended = child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.signal(), Some(signal.as_raw()), "{errors}");
        assert!(errors.contains("interrupted: the key may or may not have been made"), "{errors}");
        assert!(errors.contains("look with alter api GET /apps/"), "{errors}");
        assert!(!file.exists());
    }
}

#[test]
fn an_answer_without_the_secret_is_a_broken_contract() {
    let server = Server::json(201, r#"{"id":"k"}"#);
    mint()
        .to(&server)
        .run()
        .exits(1)
        .stderr_has("the portal's answer does not hold it")
        .hides("first");
}
