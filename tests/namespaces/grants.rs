//! `alter grants`: what is sent, refused and shown.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Play, Pty, Server, alter};

#[test]
fn requests_are_made_of_the_flags() {
    requests(&[
        ("grants list", "GET /apps/{app}/grants?limit=100"),
        ("grants list --app b/c --limit 1000", "GET /apps/b%2Fc/grants?limit=1000"),
        (
            "grants list --status expired --provider google --search 'a b' --offset 5 \
             --app-user 05e20000-0001-4000-8000-00000000000A",
            "GET /apps/{app}/grants?status=expired&provider=google&app_user=05e20000-0001-4000-8000-00000000000A\
             &search=a%20b&limit=100&offset=5",
        ),
        ("grants revoke G", "POST /apps/{app}/grants/G/revoke {}"),
        (
            "grants revoke --grant ../x --reason 'laptop stolen'",
            r#"POST /apps/{app}/grants/..%2Fx/revoke {"reason":"laptop stolen"}"#,
        ),
    ]);
}

#[test]
fn bad_input_makes_no_request() {
    let long = format!("grants list --search {}", "x".repeat(101));
    refusals(&[
        ("grants list --status gone", 2, "--status: must be one of active, expired, revoked\n"),
        ("grants list --status ACTIVE", 2, "--status: must be one of active, expired, revoked\n"),
        ("grants list --app-user alice", 2, "--app-user: must be a UUID"),
        ("grants list --app-user 05e2000000001-4000-8000-00000000000a", 2, "must be a UUID"),
        ("grants list --search ''", 2, "--search: is empty\n"),
        (&long, 2, "--search: is longer than 100 characters\n"),
        ("grants list --limit 1001", 2, "--limit: must be a whole number from 1 to 1000\n"),
        ("grants revoke", 2, "--grant: is needed\n"),
        ("grants revoke G H", 2, "operand 2: `alter grants revoke` takes 1\n"),
        ("grants revoke --grant '' --yes", 2, "--grant: is empty\n"),
        ("grants revoke G", 2, "  fix: give --yes\n"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "grants list",
            status: 200,
            body: r#"{"items":[
                {"id":"1","grant_type":"oauth","provider_id":"google","app_user_id":"u","user_identifier":"a@b.example",
                 "status":"active","expires_at":null,"last_used_at":"2026-11-23T10:04:05Z"},
                {"id":"2","grant_type":"managed_secret","provider_id":"stripe","app_user_id":"u","status":"revoked"}],
                "total":9,"limit":2,"offset":0,"has_more":true}"#,
            exit: 0,
            out: "\
ID  TYPE            PROVIDER  USER         STATUS   EXPIRES  LAST USED
1   oauth           google    a@b.example  active   -        2026-11-23 10:04Z
2   managed_secret  stripe    u            revoked  -        -
",
            err: "2 of 9 rows; next page: --offset 2, or --all\n",
        },
        Answer {
            line: "grants list --output json",
            status: 200,
            body: r#"{"items":[],"total":0,"limit":1,"offset":10000,"has_more":false,"is_truncated":true}"#,
            exit: 0,
            out: "\"is_truncated\": true",
            err: "warning: the portal does not page that far: narrow the list by its filters\n",
        },
        Answer {
            line: "grants revoke G --yes",
            status: 409,
            body: r#"{"error":"grant_already_revoked","message":"The grant is revoked."}"#,
            exit: 5,
            out: "",
            err: "alter: conflict: The grant is revoked.\n",
        },
        Answer {
            line: "grants revoke G --yes",
            status: 403,
            body: r#"{"error":"insufficient_scope","message":"No.","details":{"missing":["dashboard_grants:admin"]}}"#,
            exit: 7,
            out: "",
            err: "  fix: mint a PAT with dashboard_grants:admin in the dashboard, and set ALTER_PAT to it\n",
        },
    ]);
}

#[test]
fn pagination_ends_at_the_last_reachable_row_and_is_partial() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0).min(2);
        let rows = format!(r#"{{"id":"{offset}"}},{{"id":"{}"}}"#, offset + 1);
        let truncated = exchange.query("offset").unwrap_or(0) > 2;
        Play::json(
            200,
            format!(
                r#"{{"items":[{rows}],"total":9,"limit":2,"offset":{offset},"has_more":true,"is_truncated":{truncated}}}"#
            ),
        )
    });
    let run = alter(["grants", "list", "--all", "--limit=2", "--output=jsonl", "--app", APP]);
    let run = run.to(&server).run();
    assert_eq!(run.exits(1).lines().len(), 4);
    run.stderr_has("the output is partial: 4 rows written\n").stderr_has("ends before offset 4: ");
}

#[test]
fn a_confirmation_names_the_grant_when_the_first_page_has_it() {
    let grants = r#"{"items":[
        {"id":"1","provider_id":"github","user_identifier":"a@b.example","last_used_at":null},
        {"id":"2","provider_id":"stripe","user_identifier":null,"label":"backend"},
        {"id":"3","provider_id":"slack"}],"total":3}"#;
    for (line, verb) in [
        ("grants revoke", "Delegations under it end too."),
        ("managed-secrets grants revoke", "Everyone who had access only through it loses it."),
    ] {
        for (id, named) in [
            ("1", "github of a@b.example (1), never used"),
            ("2", "backend (2)"),
            ("3", "slack (3)"),
            ("4", "4"),
        ] {
            let server = Server::new(move |seen| match seen.target.as_str() {
                "/api/v1/apps/a/grants?limit=1000" => Play::json(200, grants),
                _ => Play::json(404, "{}"),
            });
            let run = line.split(' ').fold(alter([]), crate::support::Alter::arg).arg(id);
            let run = run.to(&server).env("ALTER_APP_ID", "a");
            let seen = Pty::of(&run).answer("[y/N] ", "n\n").run();
            seen.exits(8).shows(&format!("Revoke grant {named}? {verb} [y/N] "));
            assert!(server.seen().iter().all(|seen| seen.method == "GET"));
        }
    }
}
