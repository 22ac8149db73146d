//! Credentials reach the portal whichever way they were given, and are shown nowhere.

use crate::support::{APP, Home, Play, Portal, Server, alter};

/// What every credential of these tests has in it.
const MARK: &str = "sk-mark-3f9a";

/// Command lines whose credential comes from `@FILE`, `-` or the line itself, and the key that carries it.
const LINES: &[(&str, &str)] = &[
    (
        "providers create google --scopes a --client-id c --redirect-uri https://a --client-secret",
        "client_secret",
    ),
    ("providers update google --client-secret", "client_secret"),
    ("managed-secrets create --name n --credential-value", "credential_value"),
    ("managed-secrets rotate s --credential-value", "credential_value"),
    (
        "idp create --issuer-url https://a --wallet-client-id c --wallet-client-secret",
        "wallet_client_secret",
    ),
    ("idp webhook enable p --secret", "secret"),
    ("idp webhook rotate p --yes --secret", "secret"),
];

/// The same inside a document.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    ("providers create --input", r#"{"provider_id":"x","client_secret":"MARK"}"#, "client_secret"),
    ("providers update google --input", r#"{"client_secret":"MARK"}"#, "client_secret"),
    ("managed-secrets create --input", r#"{"credential_value":"MARK"}"#, "credential_value"),
    ("idp create --input", r#"{"wallet_client_secret":"MARK"}"#, "wallet_client_secret"),
    (
        "managed-secrets create --input",
        r#"{"additional_credentials":{"region":["MARK"]}}"#,
        "additional_credentials",
    ),
    (
        "managed-secrets create --name n --credentials",
        r#"{"region":"MARK"}"#,
        "additional_credentials",
    ),
    (
        "managed-secrets rotate s --credentials",
        r#"{"credential_value":"MARK"}"#,
        "credential_value",
    ),
];

/// Runs a line with a value at its end, which is to be sent under a key, and looks for it where it must not be.
#[track_caller]
fn sent(line: &str, value: &str, stdin: &str, key: &str) {
    let home = Home::new();
    home.write("file", stdin);
    // A portal that gives everything back, even in its refusals.
    for status in [200, 422] {
        let server = Server::new(move |seen| Play::json(status, &seen.body));
        let run = |more: &str| {
            let words = line.split(' ').chain([value, more]);
            let bare = alter([]).to(&server).home(&home).env("ALTER_APP_ID", APP).stdin(stdin);
            words.fold(bare, crate::support::Alter::arg).run()
        };
        let dry = run("--dry-run");
        dry.exits(0).hides(MARK).shows(&format!("\"{key}\": \"[redacted]\""));
        server.untouched();
        let debug = run("--debug");
        assert!(!debug.err().contains(MARK), "{debug}");
        let inline = !value.starts_with('@') && value != "-";
        assert_eq!(debug.err().contains("in the shell's history"), inline, "{debug}");
        let body = server.seen().pop().expect("a request").body;
        assert!(body.contains(MARK), "{line}: {body}");
        assert!(!body.contains("\\n"), "{line}: {body}");
    }
}

#[test]
fn credentials_are_sent_and_hidden() {
    for (line, key) in LINES {
        sent(line, MARK, "", key);
        sent(line, "@file", &format!("{MARK}\n"), key);
        sent(line, "-", &format!("{MARK}\r\n"), key);
    }
    for (line, document, key) in DOCUMENTS {
        let document = document.replace("MARK", MARK);
        sent(line, &document, "", key);
        sent(line, "@file", &document, key);
        sent(line, "-", &document, key);
    }
}

#[test]
fn one_line_break_is_cut_from_a_credential() {
    let server = Server::json(200, "{}");
    for (stdin, secret) in [("s\n\n", "s\\n"), (" s ", " s "), ("s\r\n", "s"), ("s\r", "s\\r")] {
        let line = ["providers", "update", "google", "--client-secret", "-", "--app", APP];
        alter(line).to(&server).stdin(stdin).run().exits(0).hides("warning");
        let body = server.seen().pop().expect("a request").body;
        assert_eq!(body, format!("{{\"client_secret\":\"{secret}\"}}"));
    }
    for empty in ["", "\n"] {
        let line = ["providers", "update", "google", "--client-secret", "-", "--app", APP];
        let run = alter(line).to(&server).stdin(empty).run();
        run.exits(2).stderr_has("--client-secret: is empty");
    }
}

#[test]
fn fields_on_the_command_line_are_sent_and_hidden() {
    let server = Server::new(|seen| Play::json(422, &seen.body));
    let field = format!("--credential-field=region={MARK}");
    let line = ["managed-secrets", "rotate", "s", "--app", APP, "--debug", &field];
    let run = alter(line).to(&server).run();
    run.exits(2).hides(MARK).stderr_has("warning: --credential-field shows the credential");
    let body = server.seen().pop().expect("a request").body;
    assert_eq!(body, format!("{{\"additional_credentials\":{{\"region\":\"{MARK}\"}}}}"));
    for bad in [MARK.to_owned(), format!("={MARK}"), format!("{MARK}=")] {
        let run =
            alter(["managed-secrets", "rotate", "s", "--app", APP, "--credential-field", &bad]);
        run.to(&server).run().exits(2).hides(MARK).stderr_has("--credential-field: number 1 ");
    }
}

/// Lines that the demo takes, whose credential comes from `@FILE`, `-` or the line itself.
const REAL: &[&str] = &[
    "providers update google --client-secret",
    "managed-secrets create --name n --credential-value",
    "managed-secrets create --name n --template openai --credential-value",
    "managed-secrets rotate 5ec4e700-0001-4000-8000-000000000000 --credential-value",
    "idp webhook rotate 1d900000-0001-4000-8000-000000000000 --yes --secret-file new --secret",
];

#[test]
fn the_portal_shows_no_credential_again() {
    let portal = Portal::new([]);
    for line in REAL {
        for (value, stdin) in [(MARK, ""), ("@file", MARK), ("-", MARK)] {
            let home = Home::new();
            home.write("file", MARK);
            let words = line.split(' ').chain([value, "--debug"]);
            let bare = alter([]).at(&portal).home(&home).env("ALTER_APP_ID", APP).stdin(stdin);
            words.fold(bare, crate::support::Alter::arg).run().exits(0).hides(MARK);
        }
    }
    for line in [
        "providers list",
        "providers show google",
        "managed-secrets list",
        "managed-secrets show 5ec4e700-0001-4000-8000-000000000000",
        "idp webhook status 1d900000-0001-4000-8000-000000000000",
        "audit portal-actions --all",
    ] {
        let bare = alter(["--output=json"]).at(&portal).env("ALTER_APP_ID", APP);
        line.split(' ').fold(bare, crate::support::Alter::arg).run().exits(0).hides(MARK);
    }
    let front = portal.exchange("GET", "/", "", &[]).expect("the front page");
    assert!(front.status == 200 && !front.body.contains(MARK), "{}", front.body);
}
