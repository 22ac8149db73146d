//! How the browser is started.

use std::fs;
use std::path::PathBuf;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::{Login, MARK, PAT, Portal, User, portal};

/// A home whose browser writes its words and environment where the test waits for them.
fn with_browser(portal: &Portal, name: &str, end: &str) -> (User, PathBuf) {
    let mut user = User::at(portal);
    let told = user.home.join("told");
    mknodat(CWD, &told, FileType::Fifo, Mode::from(0o600), 0).unwrap();
    let script = format!(
        "{{ for word; do printf '%s\\n' \"[$word]\"; done; env; }} > {}\n{end}",
        told.display()
    );
    user.program(name, &script);
    (user, told)
}

#[test]
fn the_browser_gets_the_address_and_none_of_our_credentials() {
    let portal = portal();
    let (mut user, told) = with_browser(&portal, "my-browser", "exit 0");
    user.set("ALTER_PAT", PAT);
    user.set("ALTER_API_KEY", "alter_rk_sekret");
    user.set("BROWSER", "my-browser --new $(touch$IFS/x) a=%s ;");
    let login = Login::start(&user, &[]);
    let told = fs::read_to_string(told).unwrap();
    let words: Vec<&str> = told.lines().take(4).collect();
    let address = format!("[a={}]", login.url);
    assert_eq!(words, ["[--new]", "[$(touch$IFS/x)]", &address, "[;]"]);
    assert!(!told.contains(MARK) && !told.contains("ALTER_PAT"), "{told}");
    login.succeeds().stderr_has("ALTER_PAT is set");
}

/// Signs in while `name` is what should be started, by its name alone with the address.
fn opens(name: &str, end: &str, variable: &str, value: &str) {
    let portal = portal();
    let (mut user, told) = with_browser(&portal, name, end);
    user.set(variable, value);
    let login = Login::start(&user, &[]);
    let told = fs::read_to_string(told).unwrap();
    let address = format!("[{}]", login.url);
    assert_eq!(told.lines().next(), Some(address.as_str()));
    login.succeeds();
}

#[test]
fn the_next_browser_is_tried_when_one_fails() {
    let list = "/nowhere/first:false:second:third";
    opens("second", "sleep 3", "BROWSER", list);
}

#[test]
fn with_a_screen_the_system_s_starter_is_used() {
    opens("xdg-open", "exit 0", "WAYLAND_DISPLAY", "wayland-0");
}

#[test]
fn without_a_screen_nothing_is_started() {
    let portal = portal();
    let mut user = User::at(&portal);
    let called = user.home.join("called");
    user.program("xdg-open", &format!("touch {}", called.display()));
    let login = Login::start(&user, &[]);
    login.succeeds().stderr_has("No browser could be opened");
    assert!(!called.exists());
}

#[test]
fn a_browser_is_not_opened_unasked() {
    let portal = portal();
    let mut user = User::at(&portal);
    let called = user.home.join("called");
    user.program("trap", &format!("touch {}", called.display()));
    user.set("BROWSER", "trap");
    Login::start(&user, &["--no-browser"]).succeeds();
    assert!(!called.exists());
}
