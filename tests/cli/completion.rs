//! Completion, asked for by real shells.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::alter::PROGRAM;
use crate::support::{Home, Pty, Server, alter};

/// A search path whose first `alter` is the one under test.
fn path() -> String {
    let folder = Path::new(PROGRAM).parent().expect("a folder");
    format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display())
}

/// What bash offers at the end of these words.
fn bash(words: &[&str]) -> Vec<String> {
    let script = r#"
        source <(alter completion print --shell bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _alter
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["-c", script, "bash", "alter"])
        .args(words)
        .env_clear()
        .env("PATH", path())
        .output()
        .expect("bash");
    lines(&output.stdout)
}

/// What bash offers behind an alias, or another word, that completes as `alter`.
fn bash_alias(setting: &str, words: &[&str]) -> Vec<String> {
    let script = format!(
        "source <(alter completion print --shell bash); {setting}\n\
         COMP_WORDS=(a \"$@\") COMP_CWORD=$#; _alter; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash")
        .args(["-c", &script, "bash"])
        .args(words)
        .env_clear()
        .env("PATH", path())
        .output()
        .expect("bash");
    lines(&output.stdout)
}

#[test]
fn an_alias_completes_as_what_it_stands_for() {
    for setting in [
        "alias a=alter",
        "alias a='sudo -E alter'",
        "alias a='X=1 alter --profile two'",
        "a() { alter \"$@\"; }",
        "set -u; alias a=alter",
    ] {
        assert_eq!(bash_alias(setting, &["keys", "ro"]), ["rotate"], "{setting}");
    }
    assert_eq!(bash_alias("alias a='alter keys'", &["ro"]), ["rotate"]);
    for (setting, line, became) in [
        ("alias a=alter; compdef a=alter", "a keys rot", "<a keys rotate >"),
        ("alias a='alter keys'; compdef a=alter; setopt complete_aliases", "a rot", "<a rotate >"),
        ("a() { alter $@ }; compdef a=alter", "a keys rot", "<a keys rotate >"),
    ] {
        let shown = zsh_with(setting, line);
        assert!(shown.contains(became), "{became} is not in {shown:?}");
    }
}

/// What fish offers at the end of this line, with its explanations.
fn fish(line: &str) -> Vec<String> {
    let home = Home::new();
    alter(["completion", "install", "--shell", "fish"]).home(&home).run().exits(0);
    let output = Command::new("fish")
        .args(["-c", &format!("complete -C '{line}'")])
        .env_clear()
        .env("PATH", path())
        .env("HOME", home.path())
        .output()
        .expect("fish");
    lines(&output.stdout)
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_offers_namespaces_verbs_flags_and_values() {
    assert_eq!(bash(&["ap"]), ["apps", "approvals", "apply", "api"]);
    assert_eq!(bash(&["keys", "ro"]), ["rotate"]);
    assert_eq!(bash(&["keys", "list", "--st"]), ["--status"]);
    assert_eq!(bash(&["apps", "list", "--st"]), [""; 0]);
    assert_eq!(bash(&["keys", "list", "--status", ""]), ["active", "revoked"]);
    // bash parts words at `=`.
    assert_eq!(bash(&["keys", "list", "--output", "=", "j"]), ["json", "jsonl"]);
    assert_eq!(bash(&["keys", "list", "--output", "="]), ["table", "json", "jsonl", "csv"]);
    assert_eq!(bash(&["--output", "json", "audit", "port"]), ["portal-actions"]);
}

#[test]
fn fish_offers_them_with_their_meaning() {
    assert_eq!(
        fish("alter keys ro"),
        ["rotate\treplace a key by a new one; the old one works on for a grace period"]
    );
    assert_eq!(fish("alter keys list --output=j"), ["--output=json", "--output=jsonl"]);
    assert_eq!(fish("alter keys list --status "), ["active", "revoked"]);
    assert!(fish("alter audit list --pol")[0].starts_with("--policy-decision\t"));
}

/// What zsh makes of a line when TAB is pressed behind it.
fn zsh(line: &str) -> String {
    zsh_with("", line)
}

/// The same where the person's settings say something more.
fn zsh_with(setting: &str, line: &str) -> String {
    let home = Home::new();
    alter(["completion", "install"]).home(&home).env("SHELL", "/usr/bin/zsh").run().exits(0);
    home.write(
        ".zshrc",
        format!(
            "PS1='ready> '\nfpath=(~/.local/share/zsh/site-functions $fpath)\nautoload -Uz compinit\ncompinit -D -u\n{setting}\n"
        ),
    );
    let folder = home.path().to_str().expect("UTF-8");
    let outcome = Pty::program(
        &["zsh", "-d", "-i"],
        &[("PATH", &path()), ("HOME", folder), ("TERM", "dumb")],
        home.path(),
    )
    // The widget prints what the line became, so that its end can be waited for.
    .answer("ready> ", "show() { zle complete-word; print -r -- \"<$BUFFER>\"; exit }; zle -N show; bindkey '^T' show\n")
    .answer("ready> ", &format!("{line}\u{14}"))
    .run();
    outcome.out().to_owned()
}

#[test]
fn zsh_completes_them() {
    for (line, became) in [
        ("alter keys rot", "<alter keys rotate >"),
        ("alter keys list --sta", "<alter keys list --status >"),
        ("alter keys list --status act", "<alter keys list --status active >"),
        ("alter keys list --output=t", "<alter keys list --output=table >"),
    ] {
        let shown = zsh(line);
        assert!(shown.contains(became), "{became} is not in {shown:?}");
    }
}

#[test]
fn install_edits_no_rc_file_and_says_what_to_add() {
    let home = Home::new();
    home.write(".zshrc", "mine\n");
    let installed = alter(["completion", "install", "--shell", "zsh"]).home(&home).run();
    installed
        .exits(0)
        .prints("")
        .stderr_has("fpath=(")
        .stderr_has("autoload -Uz compinit; compinit")
        .stderr_has(".local/share/zsh/site-functions/_alter");
    assert_eq!(home.read(".zshrc"), "mine\n");
    let printed = alter(["completion", "print", "--shell", "zsh"]).run();
    assert_eq!(home.read(".local/share/zsh/site-functions/_alter"), printed.out());
    let no_shell = alter(["completion", "install"]).env("SHELL", "/bin/tcsh").run();
    no_shell.exits(2).stderr_has("--shell");
}

#[test]
fn the_shell_is_the_login_shell_unless_one_is_named() {
    for (shell, word) in [("/bin/bash", "bash"), ("/usr/bin/zsh", "zsh"), ("/opt/fish", "fish")] {
        let first = format!("# completion of alter for {word}\n");
        alter(["completion", "print"]).env("SHELL", shell).run().exits(0).shows(&first);
        let named = alter(["completion", "print", "--shell", word]).env("SHELL", "/bin/tcsh").run();
        named.exits(0).shows(&first);
    }
    let other = alter(["completion", "print"]).env("SHELL", "/bin/tcsh").run();
    other.exits(2).prints("").stderr_has("alter: --shell: is needed: $SHELL names none of");
}

#[test]
fn the_fields_of_a_list_are_offered_without_a_portal() {
    let server = Server::unused();
    let offered = |words: &[&str]| {
        let asked = alter(["__complete", "fish"]).to(&server);
        let run = words.iter().fold(asked, crate::support::Alter::arg).run();
        run.exits(0).says("").out().replace("\t\n", " ")
    };
    assert_eq!(offered(&["apps", "list", "--fields", ""]), "id name status stats created_at ");
    assert_eq!(
        offered(&["keys", "list", "--fields=id,key"]),
        "--fields=id,key_type --fields=id,key_prefix "
    );
    assert_eq!(offered(&["apps", "create", "--fields", ""]), "");
    server.untouched();
}

/// Completes behind words that name standard input and a file: nobody writes to either, so whoever reads them hangs.
#[test]
fn completing_runs_no_verb_and_reads_nothing_that_the_line_names() {
    let home = Home::new();
    let fifo = home.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status().expect("mkfifo");
    assert!(made.success());
    let given = format!("@{}", fifo.display());
    let hungry = ["--input", &given, "--body", &given, "--secret", "-", "--credential-value", "-"];
    for command in crate::readme::tables::commands() {
        let path = command["path"].as_str().expect("a path");
        let asked = Command::new("timeout")
            .args(["10", PROGRAM, "__complete", "bash"])
            .args(path.split(' ').skip(1))
            .args(hungry)
            .args(["--fields", ""])
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut asked = asked.expect("timeout");
        let held = asked.stdin.take();
        let output = asked.wait_with_output().expect("an end");
        drop(held);
        assert_eq!(output.status.code(), Some(0), "{path}");
        assert_eq!(lines(&output.stderr), [""; 0], "{path}");
    }
    let words = ["managed-secrets", "rotate", "S", "--credential-value", "-", "--fields", ""];
    let line = [&["timeout", "10", PROGRAM, "__complete", "bash"], &words[..]].concat();
    Pty::program(&line, &[], home.path()).run().exits(0);
}
