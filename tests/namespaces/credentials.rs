//! Credentials reach the portal whichever way they were given, and are shown nowhere.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

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

/// Lines that the demo takes, `{NEW}` being a new app, whose credential comes from `@FILE`, `-` or the line itself.
const REAL: &[&str] = &[
    "providers update google --client-secret",
    "managed-secrets create --name n --credential-value",
    "managed-secrets create --name n --template openai --credential-value",
    "managed-secrets rotate 5ec4e700-0001-4000-8000-000000000000 --credential-value",
    "idp create --app {NEW} --issuer-url https://a.okta.example --wallet-client-id w --wallet-client-secret",
    "idp webhook rotate 1d900000-0001-4000-8000-000000000000 --yes --secret-file new --secret",
];

/// The same inside a document.
const REAL_DOCUMENTS: &[(&str, &str)] = &[
    ("managed-secrets create --name n --credentials", r#"{"credential_value":"MARK"}"#),
    (
        "managed-secrets create --name n --template aws --credentials",
        r#"{"access_key_id":"MARK","secret_access_key":"MARK","region":"r"}"#,
    ),
    (
        "managed-secrets rotate 5ec4e700-0001-4000-8000-000000000000 --credentials",
        r#"{"credential_value":"MARK"}"#,
    ),
    ("managed-secrets create --input", r#"{"name":"n","credential_value":"MARK"}"#),
    ("providers update google --input", r#"{"client_secret":"MARK"}"#),
    (
        "providers create --app {NEW} --input",
        r#"{"provider_id":"slack","scopes":["chat:write"],"client_id":"c","client_secret":"MARK","redirect_uris":["https://a"]}"#,
    ),
    (
        "idp create --app {NEW} --input",
        r#"{"issuer_url":"https://a.okta.example","wallet_client_id":"w","wallet_client_secret":"MARK"}"#,
    ),
];

/// Whatever shows what was made or changed, or who did it.
const SHOWN: &[&str] = &[
    "providers list",
    "providers show google",
    "managed-secrets list",
    "managed-secrets show 5ec4e700-0001-4000-8000-000000000000",
    "managed-secrets access 5ec4e700-0001-4000-8000-000000000000",
    "managed-secrets grants list 5ec4e700-0001-4000-8000-000000000000",
    "idp webhook status 1d900000-0001-4000-8000-000000000000",
    "grants list --all",
    "audit list --all",
    "audit portal-actions --all",
    "audit grant-events --all",
];

/// A keychain's helper that has the portal's PAT, and writes down all that it is given: words, environment and input.
fn keychain(home: &Home, portal: &Portal) -> String {
    let script = format!(
        "#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ - >>{}\necho 'secret = {}'\n",
        home.file("given"),
        portal.pat
    );
    let helper = home.write("bin/secret-tool", script);
    std::fs::set_permissions(helper, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    format!("{}:/usr/bin:/bin", home.file("bin"))
}

/// Runs a line with a credential at its end, signed in by the keychain.
#[track_caller]
fn given(portal: &Portal, line: &str, value: &str, stdin: &str) {
    let (home, new) = (Home::new(), portal.app("new"));
    home.write("file", stdin);
    let path = keychain(&home, portal);
    let _bus = UnixListener::bind(home.join("bus")).expect("a socket");
    let line = line.replace("{NEW}", &new);
    for more in ["--dry-run", "--debug"] {
        let words = line.split(' ').chain([value, more]);
        let run = alter([])
            .home(&home)
            .stdin(stdin)
            .env("ALTER_BASE_URL", &portal.base_url)
            .env("ALTER_APP_ID", APP)
            .env("ALTER_API_KEY", MARK)
            .env("PATH", &path)
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.file("bus")));
        words.fold(run, crate::support::Alter::arg).run().exits(0).hides(MARK);
    }
    assert!(home.read("given").contains("secret-tool"), "{line}");
    for name in home.listing() {
        let text = std::fs::read(home.join(&name)).unwrap_or_default();
        let kept = String::from_utf8_lossy(&text).contains(MARK);
        // The file that it came from, and the one that it was asked to be written to.
        assert!(!kept || ["file", "new"].contains(&name.as_str()), "{line}: it is in {name}");
    }
}

#[test]
fn a_credential_is_stored_only_by_the_portal() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    for line in REAL {
        for (value, stdin) in [(MARK, ""), ("@file", MARK), ("-", MARK)] {
            given(&portal, line, value, stdin);
        }
    }
    for (line, document) in REAL_DOCUMENTS {
        let document = document.replace("MARK", MARK);
        for (value, stdin) in [(document.as_str(), ""), ("@file", &document), ("-", &document)] {
            given(&portal, line, value, stdin);
        }
    }
    for line in SHOWN {
        let bare = alter(["--output=json"]).at(&portal).env("ALTER_APP_ID", APP);
        line.split(' ').fold(bare, crate::support::Alter::arg).run().exits(0).hides(MARK);
    }
    let front = portal.exchange("GET", "/", "", &[]).expect("the front page");
    assert!(front.status == 200 && !front.body.contains(MARK), "{}", front.body);
    assert!(
        [&file, &format!("{file}.journal")]
            .iter()
            .any(|file| { std::fs::read_to_string(file).expect("the state").contains(MARK) })
    );
}
