//! `alter policy`: what is sent, refused and shown; every body of the table of bodies.

use std::thread;

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Alter, Play, Pty, Server, alter};

const DENY: &str = r#"{"when":{"method":"GET"},"effect":"deny"}"#;

#[test]
fn requests_are_made_of_the_flags() {
    let create = |flags: &str| format!("policy rules create --body {DENY} {flags}");
    let made =
        r#"{"rule_body":{"effect":"deny","when":{"method":"GET"}},"rule_type":"json_match"}"#;
    requests(&[
        ("policy show-app", "GET /apps/{app}/policy/rules"),
        ("policy rules list", "GET /apps/{app}/policy/rules?limit=50"),
        (
            "policy rules list --agent A --limit 100",
            "GET /apps/{app}/agents/A/policy/rules?limit=100",
        ),
        ("policy rules list --grant G", "GET /apps/{app}/grants/G/policy/rules?limit=50"),
        (
            "policy rules list --provider g/h",
            "GET /apps/{app}/providers/g%2Fh/policy/rules?limit=50",
        ),
        ("policy rules get R", "GET /apps/{app}/policy/rules/R"),
        ("policy rules get --rule R --agent A", "GET /apps/{app}/agents/A/policy/rules/R"),
        ("policy rules get --rule R --grant G", "GET /apps/{app}/grants/G/policy/rules/R"),
        ("policy rules get --rule R --provider P", "GET /apps/{app}/providers/P/policy/rules/R"),
        ("policy rules delete R", "DELETE /apps/{app}/policy/rules/R"),
        (
            "policy rules delete R --provider P --yes",
            "DELETE /apps/{app}/providers/P/policy/rules/R",
        ),
        (&create("--type json_match"), &format!("POST /apps/{{app}}/policy/rules {made}")),
        (&create("--agent A"), &format!("POST /apps/{{app}}/agents/A/policy/rules {made}")),
        (
            &create("--name 'No reads' --description '' --disabled --type json_match"),
            r#"POST /apps/{app}/policy/rules {"description":"","enabled":false,"name":"No reads","rule_body":{"effect":"deny","when":{"method":"GET"}},"rule_type":"json_match"}"#,
        ),
        (
            r#"policy rules create --type ip_allowlist --body {"allow":["10.0.0.0/8"]}"#,
            r#"POST /apps/{app}/policy/rules {"rule_body":{"allow":["10.0.0.0/8"]},"rule_type":"ip_allowlist"}"#,
        ),
        (
            "policy rules update R --disable",
            r#"PATCH /apps/{app}/policy/rules/R {"enabled":false}"#,
        ),
        (
            "policy rules update --rule R --agent A --enable --name N --description W",
            r#"PATCH /apps/{app}/agents/A/policy/rules/R {"description":"W","enabled":true,"name":"N"}"#,
        ),
        (
            r#"policy rules update R --body {"allow":[]}"#,
            r#"PATCH /apps/{app}/policy/rules/R {"rule_body":{"allow":[]}}"#,
        ),
    ]);
}

#[test]
fn bad_input_makes_no_request() {
    let (name, description) = ("n".repeat(121), "d".repeat(2001));
    let long_name = format!("policy rules update R --name {name}");
    let long_description = format!("policy rules create --body {DENY} --description {description}");
    refusals(&[
        ("policy rules create", 2, "--body: is needed\n"),
        ("policy rules create --body [1]", 2, "--body: must be an object\n"),
        ("policy rules create --body {", 2, "--body: is not JSON at line 1, column 1\n"),
        ("policy rules create --body @no.json", 4, "--body: no.json: No such file or directory\n"),
        (
            "policy rules create --type x --body {}",
            2,
            "--type: must be one of json_match, ip_allowlist",
        ),
        ("policy rules create --body {}", 2, "--body: $.when is required; $.effect is required\n"),
        (&long_description, 2, "--description: is longer than 2000 characters\n"),
        (&long_name, 2, "--name: is longer than 120 characters\n"),
        ("policy rules update R --name ''", 2, "--name: is empty\n"),
        ("policy rules update R", 2, "nothing to change: give at least one of --body, --name, "),
        ("policy rules update --enable", 2, "--rule: is needed\n"),
        (
            "policy rules update R --enable --disable",
            2,
            "--enable: cannot be combined with --disable\n",
        ),
        ("policy rules update R --agent A", 2, "nothing to change: "),
        ("policy rules list --agent A --grant G", 2, "--agent: cannot be combined with --grant\n"),
        (
            "policy rules get R --grant G --provider P",
            2,
            "--grant: cannot be combined with --provider\n",
        ),
        ("policy rules list --agent ''", 2, "--agent: is empty\n"),
        ("policy rules list --limit 101", 2, "--limit: must be a whole number from 1 to 100\n"),
        ("policy rules delete R", 2, "  fix: give --yes\n"),
        ("policy show-app --limit 5", 2, "has no such flag"),
        ("policy rules create --body {} --app ''", 2, "--app: is empty\n"),
    ]);
}

#[test]
fn every_bad_body_is_refused_by_path_and_every_good_one_is_sent() {
    let bodies = crate::support::rule_bodies::bodies();
    assert!(bodies.len() >= 150);
    let server = Server::json(200, "{}");
    let judge = |(rule_type, body, paths): &(&str, String, Vec<String>)| {
        let run = alter(["policy", "rules", "create", "--body=-", "--app", APP, "--type"]);
        let run = run.arg(rule_type).stdin(body).to(&server).run();
        run.exits(if paths.is_empty() { 0 } else { 2 });
        // That a body is no object, or its type unknown, is said of the flag.
        for path in paths.iter().filter(|path| *path != "$") {
            run.stderr_has(&format!("{path} "));
        }
    };
    thread::scope(|scope| {
        for part in bodies.chunks(bodies.len().div_ceil(4)) {
            scope.spawn(move || part.iter().for_each(judge));
        }
    });
    let good = bodies.iter().filter(|(_, _, paths)| paths.is_empty()).count();
    assert_eq!(server.seen().len(), good, "a bad body was sent, or a good one was not");
}

#[test]
fn a_range_of_every_address_is_sent_with_a_warning() {
    let server = Server::json(200, "{}");
    let run = alter(["policy", "rules", "create", "--type=ip_allowlist", "--app", APP, "--body"]);
    let run = run.arg(r#"{"allow":["10.0.0.1","0.0.0.0/0"]}"#).to(&server).run();
    run.exits(0).says("warning: --body: $.allow[1] allows every address of its kind\n");
}

/// A portal with one rule, of an address list; what it is asked of it is answered with this status.
fn with_a_rule(status: u16) -> Server {
    Server::new(move |exchange| match exchange.method.as_str() {
        "GET" => Play::json(
            status,
            r#"{"id":"R","rule_type":"ip_allowlist","error":"rule_not_found","message":"No rule."}"#,
        ),
        _ => Play::json(200, r#"{"id":"R","enabled":true}"#),
    })
}

fn update(server: &Server, body: &str) -> crate::support::Outcome {
    alter(["policy", "rules", "update", "R", "--app", APP, "--body", body]).to(server).run()
}

#[test]
fn a_new_body_is_checked_as_the_type_of_the_stored_rule() {
    let server = with_a_rule(200);
    update(&server, r#"{"allow":["::1"]}"#).exits(0).shows("\"enabled\": true");
    update(&server, DENY)
        .exits(2)
        .stderr_has("--body: $.allow is required; ")
        .stderr_has("  fix: the type of the rule stays ip_allowlist\n");
    let sent: Vec<_> = server.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(sent, ["GET", "PATCH", "GET"]);
    let named = alter(["policy", "rules", "update", "R", "--app", APP, "--name", "n"]);
    named.to(&server).run().exits(0);
    assert_eq!(server.seen().last().map(|seen| seen.method.as_str()), Some("PATCH"));
    assert_eq!(server.seen().len(), 4, "a look-up that nothing needs");
}

#[test]
fn a_pat_that_may_not_read_leaves_the_body_to_the_portal() {
    let server = with_a_rule(403);
    update(&server, DENY).exits(0).says("");
    assert_eq!(server.seen().len(), 2);
    let server = with_a_rule(404);
    let run = update(&server, DENY);
    run.exits(4)
        .stderr_has("  fix: repeat the rule's target flag: --agent, --grant or --provider\n");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn answers_are_shown() {
    const REPEAT: &str = "  fix: repeat the rule's target flag: --agent, --grant or --provider\n";
    const NOT_FOUND: &str = r#"{"error":"rule_not_found","message":"No rule."}"#;
    answers(&[
        Answer {
            line: "policy rules list",
            status: 200,
            body: r#"{"items":[{"id":"1","rule_type":"json_match","enabled":false,"name":null,"updated_at":"2026-11-23T10:04:05Z"}],
                "total":1,"limit":50,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "ID  TYPE        ENABLED  NAME  UPDATED\n1   json_match  no       -     2026-11-23 10:04Z\n",
            err: "",
        },
        Answer {
            line: "policy rules get R",
            status: 404,
            body: NOT_FOUND,
            exit: 4,
            out: "",
            err: REPEAT,
        },
        Answer {
            line: "policy rules update R --enable",
            status: 404,
            body: NOT_FOUND,
            exit: 4,
            out: "",
            err: REPEAT,
        },
        Answer {
            line: "policy rules delete R --yes",
            status: 404,
            body: NOT_FOUND,
            exit: 4,
            out: "",
            err: REPEAT,
        },
        Answer {
            line: "policy rules delete R --yes",
            status: 200,
            body: r#"{"id":"R","deleted":true}"#,
            exit: 0,
            out: "\"deleted\": true",
            err: "",
        },
    ]);
    let server = Server::json(404, NOT_FOUND);
    let run =
        alter(["policy", "rules", "get", "R", "--agent", "A", "--app", APP]).to(&server).run();
    run.exits(4).says("alter: not found: No rule.\n  request id: req_test\n");
}

#[test]
fn the_app_is_shown_with_every_page_of_its_rules() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let row = format!(
            r#"{{"id":"{offset}","rule_type":"time_window","enabled":true,"name":"n","more":1}}"#
        );
        let page = format!(
            r#"{{"items":[{row}],"total":3,"limit":1,"offset":{offset},"has_more":{}}}"#,
            offset < 2
        );
        Play::json(200, page)
    });
    let show =
        |output| alter(["policy", "show-app", "--app", APP, "--output", output]).to(&server).run();
    let rows = show("json").exits(0).says("").json();
    assert_eq!(rows.as_array().map(Vec::len), Some(3));
    assert_eq!(rows[2]["more"], 1);
    show("table").exits(0).prints(
        "ID  TYPE         ENABLED  NAME\n0   time_window  yes      n\n1   time_window  yes      n\n2   time_window  yes      n\n",
    );
}

#[test]
fn rules_may_come_without_a_page_around_them() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let end = 5.min(offset + exchange.query("limit").unwrap_or(2));
        let rows: Vec<String> = (offset..end).map(|at| format!(r#"{{"id":"{at}"}}"#)).collect();
        Play::json(200, format!("[{}]", rows.join(",")))
    });
    let count = |words: &str, said: &str| {
        let run = words.split(' ').fold(alter(["policy", "--app", APP]), Alter::arg).to(&server);
        let rows = run.run().exits(0).says(said).json();
        rows.as_array().map(Vec::len)
    };
    assert_eq!(count("show-app --output json", ""), Some(5));
    assert_eq!(count("rules list --output json", ""), Some(5));
    assert_eq!(count("rules list --limit 2 --all --output json", ""), Some(5));
    let hint = "2 rows, maybe more; next page: --offset 2, or --all\n";
    assert_eq!(count("rules list --limit 2 --output json", hint), Some(2));
}

#[test]
fn deleting_asks() {
    let server = Server::json(200, r#"{"id":"R","name":"Billing"}"#);
    let run = alter(["policy", "rules", "delete", "R", "--app", APP]).to(&server);
    let question = "Delete rule Billing (R) of the app Billing? [y/N] ";
    let deletions = || server.seen().iter().filter(|seen| seen.method == "DELETE").count();
    Pty::of(&run).answer(question, "\n").run().exits(8);
    assert_eq!(deletions(), 0);
    Pty::of(&run).answer(question, "yes\n").run().exits(0);
    assert_eq!(deletions(), 1);
}
