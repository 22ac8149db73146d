//! `alter branding`: what is sent, refused and shown.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Home, Pty, Server, alter};

const WHOLE: &str = r##"{"logo_url":"https://a.example/l.png","colors":{"primary":"#1A73e8","text":"#000000","background":"#ffffff"}}"##;

#[test]
fn requests_are_made_of_the_flags() {
    let replace = format!("branding set --replace --input {WHOLE}");
    let sorted = r##"{"colors":{"background":"#ffffff","primary":"#1A73e8","text":"#000000"},"logo_url":"https://a.example/l.png"}"##;
    requests(&[
        ("branding get", "GET /apps/{app}/branding"),
        (&replace, &format!("PUT /apps/{{app}}/branding {sorted}")),
        (
            r##"branding set --input {"colors":{"primary":"#ABCDEF"}}"##,
            r##"PATCH /apps/{app}/branding {"colors":{"primary":"#ABCDEF"}}"##,
        ),
        (
            r#"branding set --input {"font_family":null}"#,
            r#"PATCH /apps/{app}/branding {"font_family":null}"#,
        ),
        ("branding reset", "DELETE /apps/{app}/branding"),
    ]);
}

#[test]
fn bad_input_makes_no_request() {
    for (input, message) in [
        ("{}", "--input: $ must have at least one of logo_url, colors, font_family\n"),
        ("[]", "--input: must be an object\n"),
        (
            r#"{"logo":"x"}"#,
            "--input: $.logo is not a known key; there are logo_url, colors, font_family\n",
        ),
        (r#"{"logo_url":"http://a.example"}"#, "--input: $.logo_url must be an https:// address\n"),
        (r#"{"logo_url":"https://"}"#, "--input: $.logo_url must be an https:// address\n"),
        (r#"{"logo_url":"https:///x"}"#, "--input: $.logo_url must be an https:// address\n"),
        (r#"{"logo_url":null}"#, "--input: $.logo_url must be a string\n"),
        (r#"{"font_family":1}"#, "--input: $.font_family must be a string\n"),
        (r#"{"colors":"red"}"#, "--input: $.colors must be an object\n"),
        (r##"{"colors":{"primary":"#12345"}}"##, "--input: $.colors.primary must be #RRGGBB\n"),
        (r##"{"colors":{"text":"#12345g"}}"##, "--input: $.colors.text must be #RRGGBB\n"),
        (r#"{"colors":{"text":"123456"}}"#, "--input: $.colors.text must be #RRGGBB\n"),
        (r#"{"colors":{"text":null}}"#, "--input: $.colors.text must be a string\n"),
        (
            r##"{"colors":{"accent":"#123456"}}"##,
            "--input: $.colors.accent is not a known key; there are primary, text, background\n",
        ),
        (
            r#"{"font_family":"\ud800"}"#,
            "--input: has an unpaired surrogate in one of its strings\n",
        ),
    ] {
        refusals(&[(&format!("branding set --input {input}"), 2, message)]);
    }
    refusals(&[
        ("branding set", 2, "--input: is needed\n"),
        (
            "branding set --replace --input {}",
            2,
            "--input: $.logo_url is required; $.colors is required\n",
        ),
        (
            r#"branding set --replace --input {"logo_url":"https://a.example","colors":{}}"#,
            2,
            "--input: $.colors.primary is required; $.colors.text is required; $.colors.background is required\n",
        ),
        ("branding reset", 2, "  fix: give --yes\n"),
        ("branding set --input @none.json", 4, "--input: none.json: No such file or directory\n"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "branding get",
            status: 404,
            body: r#"{"error":"branding_not_found","message":"No branding."}"#,
            exit: 4,
            out: "",
            err: "  fix: alter branding set --replace --input @branding.json\n",
        },
        Answer {
            line: r#"branding set --input {"font_family":"Inter"}"#,
            status: 409,
            body: r#"{"error":"branding_not_configured","message":"No branding."}"#,
            exit: 5,
            out: "",
            err: "  fix: repeat with --replace\n",
        },
        Answer {
            line: "branding reset --yes",
            status: 200,
            body: r#"{"id":"x","deleted":true}"#,
            exit: 0,
            out: "\"deleted\": true",
            err: "",
        },
    ]);
}

#[test]
fn a_document_may_come_from_a_file_or_from_standard_input() {
    let home = Home::new();
    home.write("branding.json", WHOLE);
    let server = Server::json(200, WHOLE);
    let set = || alter(["branding", "set", "--replace", "--app", APP, "--input"]).to(&server);
    set().arg("@branding.json").home(&home).run().exits(0).shows("\"logo_url\"");
    set().arg("-").stdin(WHOLE).run().exits(0);
    let asked: Vec<_> = server.seen().into_iter().map(|seen| (seen.method, seen.body)).collect();
    assert_eq!(asked, vec![("PUT".to_owned(), WHOLE.to_owned()); 2]);
}

#[test]
fn resetting_asks() {
    for (app, question) in [
        (
            r#"{"name":"Billing"}"#,
            "Reset the branding of the app Billing? The default takes its place. [y/N] ".to_owned(),
        ),
        ("{}", format!("Reset the branding of the app {APP}? The default takes its place. [y/N] ")),
    ] {
        let server = Server::json(200, app);
        let run = alter(["branding", "reset", "--app", APP]).to(&server);
        let deletions = || server.seen().iter().filter(|seen| seen.method == "DELETE").count();
        Pty::of(&run).answer(&question, "n\n").run().exits(8);
        assert_eq!(deletions(), 0);
        Pty::of(&run).answer(&question, "y\n").run().exits(0);
        assert_eq!(deletions(), 1);
    }
}
