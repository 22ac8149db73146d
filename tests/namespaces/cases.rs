//! Runs tables of cases: a row is a command line and what must come of it.

use std::fmt::Write as _;

use mockito::Matcher;
use serde_json::Value;

use crate::support::{APP, Home, PAT, Play, Portal, Server, alter};

/// A command line, split at blanks; `'…'` keeps blanks together.
pub(super) fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("a word").push(c),
        }
    }
    words
}

fn run(line: &str) -> crate::support::Alter {
    let args = words(line);
    let bare = alter([]).env("ALTER_APP_ID", APP);
    args.iter().fold(bare, crate::support::Alter::arg)
}

/// Command lines and the request each would send: `METHOD target body`, without `/api/v1`, `{app}` for the app's id.
pub(crate) fn requests(table: &[(&str, &str)]) {
    for (line, wanted) in table {
        let outcome = run(line).arg("--dry-run").run();
        let shown = outcome.exits(0).json();
        let path = shown["path"].as_str().expect("a path");
        let path = path.trim_start_matches("/api/v1").replace(APP, "{app}");
        let mut request = format!("{} {path}", shown["method"].as_str().expect("a method"));
        if shown["body"] != Value::Null {
            let _ = write!(request, " {}", shown["body"]);
        }
        assert_eq!(request, *wanted, "{line}");
    }
}

/// Command lines that are refused before any request: the exit code and a part of what is said.
pub(crate) fn refusals(table: &[(&str, i32, &str)]) {
    let server = Server::new(|_| Play::json(500, "{}"));
    for (line, exit, part) in table {
        run(line).to(&server).run().exits(*exit).prints("").stderr_has(part);
    }
    assert_eq!(server.seen().len(), 0, "a refused command line made a request");
}

/// What becomes of an answer of the portal.
pub(crate) struct Answer {
    pub(crate) line: &'static str,
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    pub(crate) exit: i32,
    /// A part of standard output.
    pub(crate) out: &'static str,
    /// A part of standard error.
    pub(crate) err: &'static str,
}

/// Command lines, what the portal answers, and what is then printed and said.
pub(crate) fn answers(table: &'static [Answer]) {
    for row in table {
        let mut server = mockito::Server::new();
        let answered = ["GET", "POST", "PUT", "PATCH", "DELETE"].map(|method| {
            let mock = server.mock(method, Matcher::Any).with_status(row.status.into());
            mock.with_body(row.body).create()
        });
        let asked = run(row.line).env("ALTER_BASE_URL", server.url()).env("ALTER_PAT", PAT);
        asked.run().exits(row.exit).shows(row.out).stderr_has(row.err);
        assert!(answered.iter().any(mockito::Mock::matched), "{}: no request", row.line);
    }
}

/// A step of a story: a command line, its exit code, a part of what it prints or, where it fails, of what it says, and
/// what is kept of its JSON, `NAME=/pointer`, to stand for `{NAME}` in what follows.
pub(crate) type Step = (&'static str, i32, &'static str, &'static str);

/// Plays a story in one app of a real portal, which is `{PORTAL}`; `@secret` is a file with a credential in it.
pub(crate) fn story(portal: &Portal, app: &str, steps: &[Step]) {
    let home = Home::new();
    home.write("secret", "sk-0123456789\n");
    let mut kept = vec![("{PORTAL}".to_owned(), portal.base_url.clone())];
    for (line, exit, part, keep) in steps {
        let named = |text: &str| {
            kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
        };
        let bare = alter([]).home(&home).at(portal).env("ALTER_APP_ID", app);
        let outcome = words(&named(line)).iter().fold(bare, crate::support::Alter::arg).run();
        outcome.exits(*exit);
        if *exit == 0 {
            outcome.shows(&named(part));
        } else {
            outcome.prints("").stderr_has(&named(part));
        }
        if let Some((name, pointer)) = keep.split_once('=') {
            let document = outcome.json();
            let value = document.pointer(pointer).and_then(Value::as_str).expect("a text");
            kept.push((format!("{{{name}}}"), value.to_owned()));
        }
    }
}
