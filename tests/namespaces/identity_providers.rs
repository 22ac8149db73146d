//! `alter identity-providers`: what every verb sends, what is refused before, and what becomes of the answer.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Home, Play, Pty, Server, alter};

#[test]
fn flags_become_requests() {
    requests(&[
        (
            "identity-providers discover --issuer-url https://acme.okta.com",
            r#"POST /apps/{app}/identity-providers/discover {"issuer_url":"https://acme.okta.com"}"#,
        ),
        (
            "idp discover --issuer-url http://127.0.0.1:8080/realm",
            r#"POST /apps/{app}/identity-providers/discover {"issuer_url":"http://127.0.0.1:8080/realm"}"#,
        ),
        (
            "idp create --issuer-url https://acme.okta.com --user-id-claim sub",
            r#"POST /apps/{app}/identity-providers {"issuer_url":"https://acme.okta.com","user_id_claim":"sub"}"#,
        ),
        (
            "idp configure --issuer-url https://a --audience https://api --user-id-claim u --group-claim g --role-claim r --wallet-client-id c --wallet-client-secret s",
            r#"POST /apps/{app}/identity-providers {"audience":"https://api","group_claim":"g","issuer_url":"https://a","role_claim":"r","user_id_claim":"u","wallet_client_id":"c","wallet_client_secret":"[redacted]"}"#,
        ),
        (
            "idp create --input {\"issuer_url\":\"x\"}",
            r#"POST /apps/{app}/identity-providers {"issuer_url":"x"}"#,
        ),
        ("idp webhook enable p", "POST /apps/{app}/identity-providers/p/webhook {}"),
        (
            "idp webhook enable --provider p --secret whsec_x --secret-file f",
            r#"POST /apps/{app}/identity-providers/p/webhook {"secret":"[redacted]"}"#,
        ),
        ("idp webhook rotate p", "POST /apps/{app}/identity-providers/p/webhook/rotate {}"),
        (
            "idp webhook rotate p --secret s",
            r#"POST /apps/{app}/identity-providers/p/webhook/rotate {"secret":"[redacted]"}"#,
        ),
        ("idp webhook disable p", "DELETE /apps/{app}/identity-providers/p/webhook"),
        ("idp webhook status p", "GET /apps/{app}/identity-providers/p/webhook"),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    let wallet = "idp create --issuer-url https://a --wallet-client";
    refusals(&[
        ("idp discover", 2, "--issuer-url: is needed"),
        ("idp discover --issuer-url acme.okta.com", 2, "--issuer-url: must begin with https://"),
        ("idp discover --issuer-url http://acme.okta.com", 2, "--issuer-url: must be https://"),
        (
            "idp discover --issuer-url https://a/.well-known/openid-configuration",
            2,
            "--issuer-url: is the address of a document: give the issuer",
        ),
        (
            "idp discover --issuer-url https://a/.well-known",
            2,
            "--issuer-url: is the address of a document",
        ),
        ("idp create", 2, "--issuer-url: is needed, or --input"),
        ("idp create --issuer-url ''", 2, "--issuer-url: is empty"),
        ("idp create --issuer-url https://a --audience ''", 2, "--audience: is empty"),
        ("idp create --issuer-url https://a --user-id-claim ''", 2, "--user-id-claim: is empty"),
        (&format!("{wallet}-id c"), 2, "--wallet-client-secret: is needed"),
        (&format!("{wallet}-secret c"), 2, "--wallet-client-id: is needed"),
        (
            &format!("{wallet}-secret '' --wallet-client-id c"),
            2,
            "--wallet-client-secret: is empty",
        ),
        ("idp create --issuer-url https://a --input {}", 2, "--input: replaces --issuer-url"),
        ("idp webhook enable", 2, "--provider: is needed"),
        ("idp webhook enable p --secret ''", 2, "--secret: is empty"),
        ("idp webhook enable p --secret @none", 4, "--secret: none: No such file"),
        ("idp webhook rotate p", 2, "fix: give --yes"),
        ("idp webhook rotate p --secret -", 2, "--secret: standard input holds the secret"),
        ("idp webhook disable p", 2, "fix: give --yes"),
        ("idp webhook status ''", 2, "--provider: is empty"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "idp discover --issuer-url https://a",
            status: 200,
            body: r#"{"issuer":"https://a","provider_type":"custom"}"#,
            exit: 0,
            out: "\"provider_type\": \"custom\"",
            err: "",
        },
        Answer {
            line: "idp create --issuer-url https://a",
            status: 201,
            body: r#"{"id":"p","wallet_verification":"inconclusive"}"#,
            exit: 0,
            out: "\"id\": \"p\"",
            err: "warning: the wallet client could not be verified: it is saved",
        },
        Answer {
            line: "idp create --issuer-url https://a",
            status: 409,
            body: r#"{"error":"identity_provider_exists","message":"There is one."}"#,
            exit: 5,
            out: "",
            err: "alter: conflict: There is one.\n",
        },
        Answer {
            line: "idp create --issuer-url https://a",
            status: 422,
            body: r#"{"error":"issuer_not_supported","message":"Not that one."}"#,
            exit: 2,
            out: "",
            err: "alter: the portal refused the input: Not that one.\n",
        },
        Answer {
            line: "idp webhook enable p",
            status: 201,
            body: r#"{"enabled":true,"secret":"whsec_1"}"#,
            exit: 0,
            out: "\"secret\": \"whsec_1\"",
            err: "Store the secret now: it is not shown again.\n",
        },
        Answer {
            line: "idp webhook rotate p --yes",
            status: 200,
            body: r#"{"enabled":true,"secret":null}"#,
            exit: 1,
            out: "",
            err: "webhook p was made, but its secret is lost",
        },
        Answer {
            line: "idp webhook enable 'p q'",
            status: 200,
            body: r#"{"enabled":true,"secret":null}"#,
            exit: 1,
            out: "",
            err: "--provider 'p q'\n",
        },
        Answer {
            line: "idp webhook status p",
            status: 200,
            body: r#"{"enabled":false,"endpoint_url":null}"#,
            exit: 0,
            out: "\"enabled\": false",
            err: "",
        },
    ]);
}

#[test]
fn a_verified_wallet_prints_no_notice() {
    let server = Server::json(201, r#"{"id":"p","wallet_verification":"verified"}"#);
    let line = ["idp", "create", "--issuer-url", "https://a", "--app", APP];
    alter(line).to(&server).run().exits(0).says("");
}

#[test]
fn the_webhook_secret_goes_to_its_file() {
    let (server, home) = (Server::json(201, r#"{"enabled":true,"secret":"whsec_1"}"#), Home::new());
    let enable = || {
        let line = ["idp", "webhook", "enable", "p", "--app", APP, "--secret-file", "key"];
        alter(line).to(&server).home(&home).run()
    };
    enable().exits(0).shows("\"secret\": \"key\"").hides("whsec_1");
    assert_eq!(home.read("key"), "whsec_1");
    enable().exits(5).stderr_has("exists already; nothing was created");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_secret_from_standard_input_needs_no_question() {
    let server = Server::json(200, r#"{"enabled":true,"secret":"whsec_given"}"#);
    let line = ["idp", "webhook", "rotate", "p", "--secret", "-", "--yes", "--app", APP];
    alter(line).to(&server).stdin("whsec_given\n").run().exits(0).shows("whsec_given");
    assert_eq!(server.seen()[0].body, r#"{"secret":"whsec_given"}"#);
}

#[test]
fn questions_name_the_app() {
    let server = Server::new(|seen| match seen.target.as_str() {
        "/api/v1/apps/x" => Play::json(200, r#"{"name":"Billing"}"#),
        other => panic!("{other}"),
    });
    for (verb, question) in [
        (
            "rotate",
            "Rotate the webhook secret of identity provider p of the app Billing? The old secret stops working at once. [y/N] ",
        ),
        (
            "disable",
            "Disable the webhook of identity provider p of the app Billing? Its user events are no longer received. [y/N] ",
        ),
    ] {
        let run = alter(["idp", "webhook", verb, "p", "--app", "x"]).to(&server);
        Pty::of(&run).answer(question, "n\n").run().exits(8);
    }
}

#[test]
fn a_webhook_found_off_after_a_lost_answer_was_switched_off() {
    let server = Server::new(|seen| match seen.number {
        0 => Play::close(),
        1 => Play::json(409, r#"{"error":"webhook_not_enabled","message":"Off."}"#),
        _ => Play::json(200, r#"{"enabled":false}"#),
    });
    let run = alter(["idp", "webhook", "disable", "p", "--yes", "--app", APP]).to(&server).run();
    run.exits(0).shows("\"enabled\": false").stderr_has("had already done it");
}

#[test]
fn a_secret_that_the_caller_gave_cannot_be_lost() {
    let server = Server::new(|exchange| {
        // The portal may repeat it or not.
        let secret = if exchange.number == 0 { r#","secret":"whsec_x""# } else { "" };
        Play::json(201, format!(r#"{{"enabled":true{secret}}}"#))
    });
    let home = Home::new();
    home.write("f", "whsec_x");
    for verb in ["enable", "rotate"] {
        let null = std::fs::File::options().write(true).open("/dev/null").expect("a device");
        let words = ["idp", "webhook", verb, "p", "--app", APP, "--secret=@f", "--fields=enabled"];
        let run = words.iter().fold(alter([]), crate::support::Alter::arg).arg("--yes");
        let run = if verb == "enable" {
            words.iter().fold(alter([]), crate::support::Alter::arg)
        } else {
            run
        };
        let run = run.to(&server).home(&home).run_into(null.into());
        run.exits(0).says("");
    }
    // One that the portal makes has nowhere to go.
    let null = std::fs::File::options().write(true).open("/dev/null").expect("a device");
    let run =
        alter(["idp", "webhook", "enable", "p", "--app", APP]).to(&server).run_into(null.into());
    run.exits(2).stderr_has("would be lost");
}
