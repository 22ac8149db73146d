//! What may be drawn on a terminal: not all of them can be drawn on, and not at every moment.

use crate::support::alter::PROGRAM;
use crate::support::{APP, Home, Portal, Pty, Server, alter};

const ESCAPE: &str = "\u{1b}";

#[test]
fn a_dumb_terminal_gets_plain_text() {
    let portal = Portal::new([]);
    let lines: [&[&str]; 4] = [
        &["apps", "list"],
        &["apps", "show", "--app", "none"],
        &["help"],
        &["auth", "login", "--no-browser", "--timeout", "1"],
    ];
    for words in lines {
        let run = || words.iter().fold(alter([]), crate::support::Alter::arg).at(&portal);
        let plain = Pty::of(&run().env("TERM", "dumb")).run();
        plain.hides(ESCAPE);
        let dressed = Pty::of(&run().env("TERM", "xterm")).run();
        assert!(dressed.out().contains(ESCAPE), "{dressed}");
    }
    let forced = alter(["apps", "show"]).env("TERM", "dumb").env("CLICOLOR_FORCE", "1");
    Pty::of(&forced).run().shows("\u{1b}[31malter:");
    for off in ["0", "false", "off", ""] {
        alter(["apps", "show"]).env("CLICOLOR_FORCE", off).run().hides(ESCAPE);
    }
}

#[test]
fn columns_count_where_they_are_a_positive_number() {
    let portal = Portal::new([]);
    for columns in ["0", "-3", "wide", ""] {
        // A terminal that does not say how wide it is.
        let list = alter(["keys", "list", "--app", APP]).at(&portal).env("COLUMNS", columns);
        let run = Pty::of(&list.env("NO_COLOR", "1")).columns(0).run();
        run.exits(0).shows("NAME").shows("PREFIX");
    }
}

/// A job behind a prompt, and in front.
const JOBS: &str = r#"
set -m
"$1" auth login --no-browser --timeout 1 2>&1 &
wait
echo in front
"$1" auth login --no-browser --timeout 1 2>&1
"#;

#[test]
fn a_job_in_the_background_does_not_draw() {
    let (home, server) = (Home::new(), Server::unused());
    let url = server.url();
    let env = [
        ("HOME", home.path().to_str().expect("UTF-8")),
        ("PATH", "/usr/bin:/bin"),
        ("TERM", "xterm"),
        ("ALTER_BASE_URL", &url),
    ];
    let run = Pty::program(&["bash", "-c", JOBS, "bash", PROGRAM], &env, home.path()).run();
    let (behind, front) = run.out().split_once("in front").expect("both");
    assert!(behind.contains("To sign in") && !behind.contains("Waiting for the browser"), "{run}");
    assert!(front.contains("Waiting for the browser"), "{run}");
}
