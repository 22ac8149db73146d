//! `alter providers`: what every verb sends, what is refused before, and what becomes of the answer.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Play, Pty, Server, alter};

#[test]
fn flags_become_requests() {
    requests(&[
        ("providers list-catalog", "GET /providers/catalog"),
        ("providers list", "GET /apps/{app}/providers"),
        (
            "providers create --provider google --scopes openid,email --client-id c --client-secret s --redirect-uri https://a.example/cb,http://localhost:1/cb --redirect-uri http://[::1]/cb",
            r#"POST /apps/{app}/providers {"client_id":"c","client_secret":"[redacted]","provider_id":"google","redirect_uris":["https://a.example/cb","http://localhost:1/cb","http://[::1]/cb"],"scopes":["openid","email"]}"#,
        ),
        (
            "providers configure google --scopes a --credential-source shared_dev",
            r#"POST /apps/{app}/providers {"credential_source":"shared_dev","provider_id":"google","scopes":["a"]}"#,
        ),
        (
            "providers create --input {\"provider_id\":\"x\",\"client_secret\":\"s\"}",
            r#"POST /apps/{app}/providers {"client_secret":"[redacted]","provider_id":"x"}"#,
        ),
        ("providers show google", "GET /apps/{app}/providers/google"),
        (
            "providers update google --status disabled",
            r#"PATCH /apps/{app}/providers/google {"status":"disabled"}"#,
        ),
        (
            "providers update --provider google --credential-source custom --client-id c --client-secret s --scopes a,b --redirect-uri https://b",
            r#"PATCH /apps/{app}/providers/google {"client_id":"c","client_secret":"[redacted]","credential_source":"custom","redirect_uris":["https://b"],"scopes":["a","b"]}"#,
        ),
        (
            "providers update google --input {\"scopes\":[]}",
            r#"PATCH /apps/{app}/providers/google {"scopes":[]}"#,
        ),
        ("providers delete google", "DELETE /apps/{app}/providers/google"),
        ("providers delete google --force", "DELETE /apps/{app}/providers/google?force=true"),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    let custom =
        "providers create google --scopes a --client-id c --client-secret s --redirect-uri";
    let uri = |uri: &str| format!("{custom} {uri}");
    refusals(&[
        (
            "providers create",
            2,
            "--provider, --scopes, --client-id, --client-secret, --redirect-uri: are needed, or --input",
        ),
        (
            "providers create google --credential-source shared_dev",
            2,
            "--scopes: is needed, or --input",
        ),
        (
            "providers create --credential-source none",
            2,
            "--credential-source: must be one of custom, shared_dev",
        ),
        ("providers create google --input {}", 2, "--input: replaces --provider"),
        ("providers create --input []", 2, "--input: must be an object"),
        (&uri("http://a.example/cb"), 2, "--redirect-uri: entry 1 must be https://"),
        (&uri("https://"), 2, "--redirect-uri: entry 1 has a bad host name"),
        (
            &uri("https://u@h/cb"),
            2,
            "--redirect-uri: entry 1 must not hold a user name or password",
        ),
        (
            &uri("'https://a/ b'"),
            2,
            "--redirect-uri: entry 1 has a blank or a control character in it",
        ),
        (&uri("https://a,,https://b"), 2, "--redirect-uri: has an empty entry"),
        (&uri("custom:/cb"), 2, "--redirect-uri: entry 1 must begin with https://"),
        (
            "providers create google --scopes a --client-id c --client-secret '' --redirect-uri https://a",
            2,
            "--client-secret: is empty",
        ),
        (
            "providers create google --scopes a --client-id c --client-secret @none --redirect-uri https://a",
            4,
            "--client-secret: none: No such file",
        ),
        (
            "providers create google --scopes a --client-id '' --client-secret s --redirect-uri https://a",
            2,
            "--client-id: is empty",
        ),
        (
            "providers create '' --scopes a --credential-source shared_dev",
            2,
            "--provider: is empty",
        ),
        (
            "providers create g --scopes a,, --credential-source shared_dev",
            2,
            "--scopes: has an empty entry",
        ),
        ("providers show", 2, "--provider: is needed"),
        (
            "providers update google",
            2,
            "nothing to change: give at least one of --credential-source",
        ),
        ("providers update google --status off", 2, "--status: must be one of active, disabled"),
        ("providers update google --input {} --status active", 2, "--input: replaces --status"),
        ("providers delete google", 2, "fix: give --yes"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "providers list-catalog",
            status: 200,
            body: r#"[{"id":"google","name":"google","display_name":"Google","category":null,"supports_pkce":true,"default_scopes":["openid","email"]}]"#,
            exit: 0,
            out: "ID      NAME    CATEGORY  DEFAULT SCOPES  PKCE\ngoogle  Google  -         openid,email    yes\n",
            err: "",
        },
        Answer {
            line: "providers list",
            status: 200,
            body: r#"[{"provider_id":"google","status":"disabled","credential_source":"custom","scopes":["a","b"],"grant_count":12,"updated_at":"2026-11-23T10:04:05Z"}]"#,
            exit: 0,
            out: "PROVIDER  STATUS    SOURCE  SCOPES  GRANTS  UPDATED\ngoogle    disabled  custom  a,b     12      2026-11-23 10:04Z\n",
            err: "",
        },
        Answer {
            line: "providers update google --redirect-uri https://b",
            status: 200,
            body: r#"{"provider_id":"google","breaking_changes":[{"kind":"redirect_uri_removed","detail":"https://a"},{"kind":"x"},1]}"#,
            exit: 0,
            out: "\"breaking_changes\": [",
            err: "--redirect-uri replaces the whole list of redirect URIs.\nwarning: breaking change: redirect_uri_removed: https://a\nwarning: breaking change: x\n",
        },
        Answer {
            line: "providers delete google --yes",
            status: 409,
            body: r#"{"error":"active_grants","message":"3 grants."}"#,
            exit: 5,
            out: "",
            err: "  fix: repeat with --force",
        },
        Answer {
            line: "providers create google --scopes a --credential-source shared_dev",
            status: 422,
            body: r#"{"detail":[{"loc":["body","scopes"],"msg":"openid is needed","type":"value_error"}]}"#,
            exit: 2,
            out: "",
            err: "scopes: openid is needed",
        },
    ]);
}

#[test]
fn the_catalogue_needs_no_sign_in() {
    let server = Server::json(200, "[]");
    for run in [
        alter(["providers", "list-catalog"]).env("ALTER_BASE_URL", server.url()),
        alter(["providers", "list-catalog"]).to(&server),
    ] {
        run.run().exits(0).says("No providers.\n");
    }
    assert!(server.seen().iter().all(|seen| seen.header("authorization").is_none()));
    alter(["providers", "list", "--app", APP]).env("ALTER_BASE_URL", server.url()).run().exits(3);
}

#[test]
fn the_question_names_the_provider() {
    let server = Server::new(|seen| match seen.target.as_str() {
        "/api/v1/apps/x" => Play::json(200, r#"{"name":"Billing"}"#),
        _ => Play::json(200, r#"{"provider_id":"google","display_name":"Google"}"#),
    });
    let run = alter(["providers", "delete", "google", "--app", "x"]).to(&server);
    let question = "Delete provider Google (google) of the app Billing? Its users will have to connect again. [y/N] ";
    Pty::of(&run).answer(question, "\n").run().exits(8);
}
