//! The keychain: a real one, and every way in which there can be none.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::support::{MARK, OTHER_PAT, PAT, User, portal};
use crate::support::Outcome;

const BUDGET: Duration = Duration::from_secs(1);

/// A session bus with a real gnome-keyring on it, gone when the test is over.
pub(super) struct Keyring {
    bus: Child,
    daemon: Child,
    pub(super) address: String,
}

fn start(command: &mut Command, package: &str) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("{error}: install the package {package}"))
}

impl Keyring {
    /// Starts both in a home of their own.
    pub(super) fn new(user: &User) -> Self {
        let mut bus = start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(File::create(user.home.join("bus.log")).unwrap()),
            "dbus",
        );
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut daemon = start(
            Command::new("gnome-keyring-daemon")
                .args(["--foreground", "--unlock", "--components=secrets"])
                .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
                .env("HOME", user.home.path())
                .env("XDG_DATA_HOME", user.home.join("data"))
                .env("XDG_RUNTIME_DIR", user.home.path())
                .env_remove("DISPLAY")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            "gnome-keyring",
        );
        daemon.stdin.take().unwrap().write_all(b"password").unwrap();
        let keyring = Self { bus, daemon, address: address.trim().to_owned() };
        let until = Instant::now() + Duration::from_secs(20);
        while !keyring.is_there() {
            assert!(Instant::now() < until, "gnome-keyring does not come up");
        }
        keyring
    }

    fn ask(&self, to: &str, path: &str, method: &str, argument: &str) -> String {
        let answer = Command::new("dbus-send")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .args(["--session", "--print-reply", &format!("--dest={to}")])
            .args([path, method, argument])
            .output()
            .expect("install the package dbus");
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }

    fn is_there(&self) -> bool {
        let bus = "org.freedesktop.DBus";
        let method = "org.freedesktop.DBus.NameHasOwner";
        self.ask(bus, "/", method, "string:org.freedesktop.secrets").contains("true")
    }

    fn lock(&self) {
        self.ask(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        );
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(super) fn needs_secret_tool() {
    start(
        Command::new("secret-tool").stdout(Stdio::null()).stderr(Stdio::null()),
        "libsecret-tools",
    )
    .wait()
    .unwrap();
}

#[test]
fn a_real_keychain_keeps_finds_and_forgets() {
    needs_secret_tool();
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(OTHER_PAT, &[]).exits(0).stderr_has("plain text");
    let keyring = Keyring::new(&user);
    user.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    let run = user.sign_in(PAT, &[]);
    run.exits(0).stderr_has("in the keychain");
    assert!(!run.err().contains("plain text"), "{run}");
    assert!(!user.file().exists(), "the older PAT is left in plain text");
    user.sign_in(OTHER_PAT, &["--profile", "other"]).exits(0);
    assert_eq!(user.source(), "keychain");
    let listed = user.run(&["auth", "list", "--output", "jsonl"]);
    listed.exits(0);
    let mut rows: Vec<&str> = listed.out().lines().collect();
    rows.sort_unstable();
    let row = |profile: &str, in_use: bool| {
        let origin = portal.url();
        format!(
            r#"{{"origin":"{origin}","profile":"{profile}","place":"keychain","in_use":{in_use}}}"#
        )
    };
    assert_eq!(rows, [row("default", true), row("other", false)]);
    user.run(&["auth", "status", "--profile", "third"]).exits(3);
    user.run(&["auth", "logout"]).exits(0).stderr_has("gone from the keychain");
    user.run(&["auth", "logout"]).exits(0).stderr_has("Nothing is stored");
    user.run(&["auth", "status"]).exits(3);
    user.run(&["auth", "status", "--profile", "other"]).exits(0);
}

#[test]
fn a_locked_keychain_counts_as_absent() {
    needs_secret_tool();
    let portal = portal();
    let mut user = User::at(&portal);
    let keyring = Keyring::new(&user);
    user.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    user.sign_in(PAT, &[]).exits(0).stderr_has("in the keychain");
    keyring.lock();
    let asked_to_unlock = || {
        let log = fs::read_to_string(user.home.join("bus.log")).unwrap();
        log.contains("SystemPrompter")
    };
    let run = user.run(&["auth", "status"]);
    run.exits(3).stderr_has("locked");
    assert!(run.took < BUDGET, "{run}");
    let run = user.run(&["auth", "logout"]);
    run.exits(1).stderr_has("locked");
    assert!(run.took < BUDGET, "{run}");
    assert!(!asked_to_unlock());
    let run = user.sign_in(OTHER_PAT, &[]);
    run.exits(0).stderr_has("plain text");
    assert!(run.took < 2 * BUDGET, "{run}");
    assert!(asked_to_unlock());
    run.stderr_has("older sign-in");
    assert_eq!(user.source(), "file");
    let listed = user.run(&["auth", "list", "--output", "json"]).exits(0).json();
    assert_eq!((&listed[0]["in_use"], &listed[1]["in_use"]), (&false.into(), &true.into()));
}

#[test]
fn no_bus_is_ever_started() {
    let portal = portal();
    let mut user = User::at(&portal);
    let called = user.home.join("called");
    user.program("secret-tool", &format!("touch {}", called.display()));
    let dead = dead_socket(&user);
    for address in ["autolaunch:", "tcp:host=127.0.0.1,port=1", "unixexec:path=sh", "", &dead] {
        user.set("DBUS_SESSION_BUS_ADDRESS", address);
        user.run(&["auth", "status"]).exits(3);
        user.sign_in(PAT, &[]).exits(0).stderr_has("there is no keychain");
        user.run(&["auth", "logout"]).exits(0);
        assert!(!called.exists(), "{address}");
    }
}

/// The address of a bus that is gone, its socket left behind.
fn dead_socket(user: &User) -> String {
    let socket = user.home.join("bus");
    drop(UnixListener::bind(&socket).unwrap());
    format!("unix:path={}", socket.display())
}

/// A run that took less than this. Other tests may hold one up, but not three.
fn within(limit: Duration, run: impl Fn() -> Outcome) -> Outcome {
    let mut tries = (0..3).map(|_| run()).skip_while(|run| run.took >= limit);
    tries.next().expect("a run that is quick enough")
}

/// The least time that a look-up takes in a user.
fn quickest(user: &User) -> Duration {
    let runs = (0..5).map(|_| user.run(&["auth", "status"]).exits(0).took);
    runs.min().unwrap()
}

#[test]
fn an_absent_keychain_costs_next_to_nothing() {
    needs_secret_tool();
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0).stderr_has("there is no keychain");
    let without = quickest(&user);
    for address in [
        dead_socket(&user),
        "unix:path=/nowhere/bus".into(),
        "autolaunch:".into(),
        "tcp:host=127.0.0.1,port=1".into(),
        "unix:abstract=/nowhere-alter-test".into(),
    ] {
        user.set("DBUS_SESSION_BUS_ADDRESS", &address);
        let took = quickest(&user);
        assert!(
            took < without + Duration::from_millis(50),
            "{address}: {took:?}, without {without:?}"
        );
    }
    user.set("DBUS_SESSION_BUS_ADDRESS", "");
    user.set_to_home("XDG_RUNTIME_DIR");
    let took = quickest(&user);
    assert!(took < without + Duration::from_millis(50), "{took:?}");
    user.set("PATH", "/nowhere");
    assert_eq!(user.source(), "file");
    user.sign_in(PAT, &[]).exits(0).stderr_has("libsecret-tools");
}

#[test]
fn a_bus_that_never_answers_costs_a_second_at_most() {
    needs_secret_tool();
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    let without = quickest(&user);
    let socket = user.home.join("bus");
    // The system itself takes connections for a listener that never looks at them.
    let _silent = UnixListener::bind(&socket).unwrap();
    user.set_to_home("XDG_RUNTIME_DIR");
    for arguments in
        [&["auth", "status"][..], &["auth", "list"], &["auth", "login", "--token-stdin"]]
    {
        let run = within(without + BUDGET, || user.run_with(arguments, PAT));
        run.exits(0);
        assert!(run.took > BUDGET / 2, "it was not asked: {run}");
    }
    let run = user.run(&["auth", "logout"]);
    run.exits(1).stderr_has("does not answer");
    assert!(run.took < without + BUDGET, "{run}");
    assert!(!user.file().exists());
}

#[test]
fn no_child_sees_a_credential_but_on_its_standard_input() {
    let portal = portal();
    let mut user = User::at(&portal);
    let socket = user.home.join("bus");
    let bus = UnixListener::bind(&socket).unwrap();
    let (log, entry) = (user.home.join("log"), user.home.join("entry"));
    user.program(
        "secret-tool",
        &format!(
            "{{ printf '[%s] ' \"$@\"; echo; env; }} >> {log}\n\
             case $1 in\n\
             store) cat > {entry};;\n\
             search) test -f {entry} && printf '[/1]\\nsecret = %s\\n' \"$(cat {entry})\"; exit 0;;\n\
             clear) rm {entry};;\n\
             esac",
            log = log.display(),
            entry = entry.display()
        ),
    );
    user.set_to_home("XDG_RUNTIME_DIR");
    user.set("ALTER_API_KEY", "alter_rk_sekret");
    user.sign_in(PAT, &[]).exits(0).stderr_has("in the keychain");
    assert_eq!(fs::read_to_string(&entry).unwrap(), PAT);
    assert_eq!(user.source(), "keychain");
    user.set("ALTER_PAT", OTHER_PAT);
    user.run(&["auth", "list"]).exits(0);
    user.run(&["auth", "logout"]).exits(0);
    assert!(!entry.exists());
    let log = fs::read_to_string(log).unwrap();
    assert!(!log.contains(MARK), "{log}");
    let stored = format!(
        "[store] [--label=Alter PAT for {0} (profile default)] [service] [alter-cli] [origin] [{0}] [profile] [default]",
        portal.url()
    );
    assert!(log.contains(&stored), "{log}");
    assert!(log.contains(&format!("DBUS_SESSION_BUS_ADDRESS=unix:path={}", socket.display())));
    drop(bus);
}

#[test]
fn a_failing_secret_tool_is_survived() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    let _bus = UnixListener::bind(user.home.join("bus")).unwrap();
    user.set_to_home("XDG_RUNTIME_DIR");
    for script in [
        "exit 1",
        "kill -9 $$",
        "echo 'secret = alter_rk_sekret'",
        "yes",
        "sleep 3 & exit 0",
        "exec <&-; exec sleep 60",
        "printf '\\377\\n'",
    ] {
        user.program("secret-tool", script);
        let run = user.run(&["auth", "status"]);
        run.exits(0);
        assert!(run.took < 2 * BUDGET, "{script}: {run}");
        assert_eq!(run.json()["source"], "file", "{script}");
    }
}
