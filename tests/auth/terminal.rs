//! The hidden prompt on a real terminal: what a terminal adds to a paste, and what it would leave for the shell.

use super::support::{PAT, User, portal};
use crate::support::Pty;
use crate::support::alter::PROGRAM;

#[test]
fn what_a_terminal_adds_is_not_part_of_the_pat() {
    let portal = portal();
    let user = User::at(&portal);
    for typed in [
        format!("\u{1b}[200~{PAT}\u{1b}[201~\r"),
        format!("\u{1b}[200~{PAT}\r\u{1b}[201~"),
        format!("\u{1b}[200~\r{PAT}\r\r\u{1b}[201~\r"),
        format!("  {PAT}\t \r"),
        format!("wrong\u{15}{PAT}\r"),
        format!("{PAT}\u{1b}[D\u{1b}[C\r"),
    ] {
        let asked = user.on_a_terminal(&["auth", "login", "--token-stdin"]);
        let run = asked.answer("Paste the PAT", &typed).run();
        run.exits(0).shows("Signed in to").hides("sekret");
    }
}

/// A shell that asks for a PAT, and then shows what it would have run itself.
const THEN_SHELL: &str = r#"
"$1" auth login --token-stdin
stty -a | grep -q -e '-echo ' && echo silent
while read -r -t 0.4 line; do echo "shell got ${#line} characters"; done
echo over
"#;

#[test]
fn nothing_that_was_pasted_is_left_for_the_shell() {
    let portal = portal();
    let user = User::at(&portal);
    let (home, url) = (user.home.path().to_str().expect("UTF-8"), portal.url());
    let env = [("HOME", home), ("PATH", "/usr/bin:/bin"), ("ALTER_BASE_URL", &url)];
    let long = "x".repeat(20_000);
    for (typed, said) in [
        (format!("{PAT}\rtouch pwned\r"), "Signed in to"),
        (format!("\u{1b}[200~{PAT}\ntouch pwned\n\u{1b}[201~"), "Signed in to"),
        (format!("{PAT}\r{long}\rtouch pwned\r"), "Signed in to"),
        (format!("alter_pat_{long}\rtouch pwned\r"), "longer than the 512"),
    ] {
        let words = ["bash", "-c", THEN_SHELL, "bash", PROGRAM];
        let run =
            Pty::program(&words, &env, user.home.path()).answer("Paste the PAT", &typed).run();
        run.exits(0).shows(said).shows("over");
        for wrong in ["shell got", "silent"] {
            assert!(!run.out().contains(wrong), "{run}");
        }
    }
}
