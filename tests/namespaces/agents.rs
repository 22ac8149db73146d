//! `alter agents`: what every verb sends, what is refused before, and what becomes of the answer.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Play, Pty, Server, alter};

#[test]
fn flags_become_requests() {
    requests(&[
        ("agents list", "GET /apps/{app}/agents?limit=50"),
        (
            "agents list --status 'active, inactive' --type service --provider google --search 'a b'",
            "GET /apps/{app}/agents?status=active%2Cinactive&type=service&provider=google&search=a%20b&limit=50",
        ),
        ("agents list --limit 1000 --offset 7", "GET /apps/{app}/agents?limit=1000&offset=7"),
        ("agents create --name a", r#"POST /apps/{app}/agents {"name":"a"}"#),
        (
            "agents create --name 0_-z --display-name 'N S' --type service --scopes {\"google\":[\"openid\"]}",
            r#"POST /apps/{app}/agents {"display_name":"N S","name":"0_-z","scopes":{"google":["openid"]},"type":"service"}"#,
        ),
        (
            "agents create --input {\"name\":\"a\",\"n\":1} --secret-file f",
            r#"POST /apps/{app}/agents {"n":1,"name":"a"}"#,
        ),
        ("agents show a", "GET /apps/{app}/agents/a"),
        ("agents show --agent a/../b", "GET /apps/{app}/agents/a%2F..%2Fb"),
        (
            "agents update a --display-name n --metadata {\"k\":1}",
            r#"PATCH /apps/{app}/agents/a {"display_name":"n","metadata":{"k":1}}"#,
        ),
        ("agents revoke a", "DELETE /apps/{app}/agents/a"),
        ("agents audit a", "GET /apps/{app}/agents/a/audit?limit=50"),
        ("agents audit a --limit 500", "GET /apps/{app}/agents/a/audit?limit=500"),
        ("agents registry-list", "GET /apps/{app}/agent-registry?limit=50"),
        ("agents registry-show --agent x", "GET /apps/{app}/agent-registry/x"),
        ("agents mint-key a", "POST /apps/{app}/agents/a/keys"),
        ("agents list-keys a", "GET /apps/{app}/agents/a/keys"),
        ("agents revoke-key --agent a --key k", "DELETE /apps/{app}/agents/a/keys/k"),
        (
            "agents revoke-key --agent a --key k --force",
            "DELETE /apps/{app}/agents/a/keys/k?force=true",
        ),
        ("agents deprecate-key --agent a --key k", "POST /apps/{app}/agents/a/keys/k/deprecate"),
        (
            "agents undeprecate-key --agent a --key k",
            "POST /apps/{app}/agents/a/keys/k/undeprecate",
        ),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    let long = "n".repeat(64);
    refusals(&[
        (
            "agents list --status active,gone",
            2,
            "--status: must be any of active, inactive, revoked",
        ),
        ("agents list --status active,,revoked", 2, "--status: has an empty entry"),
        ("agents list --type robot", 2, "--type: must be one of agent, service"),
        ("agents list --limit 1001", 2, "--limit: must be a whole number from 1 to 1000"),
        ("agents list --provider ''", 2, "--provider: is empty"),
        ("agents create", 2, "--name: is needed, or --input"),
        ("agents create --name ''", 2, "--name: is empty"),
        ("agents create --name A", 2, "--name: must be lower-case letters"),
        ("agents create --name -a", 2, "--name: must be lower-case letters"),
        ("agents create --name a.b", 2, "--name: must be lower-case letters"),
        (&format!("agents create --name {long}"), 2, "--name: is longer than 63 characters"),
        ("agents create --name a --scopes []", 2, "--scopes: must be an object"),
        ("agents create --name a --scopes {", 2, "--scopes: is not JSON at line 1, column 1"),
        ("agents create --name a --scopes @none", 4, "--scopes: none: No such file"),
        ("agents create --name a --input {}", 2, "--input: replaces --name"),
        ("agents show", 2, "--agent: is needed"),
        ("agents show ''", 2, "--agent: is empty"),
        (
            "agents update a",
            2,
            "nothing to change: give at least one of --display-name, --metadata",
        ),
        ("agents update a --metadata 1", 2, "--metadata: must be an object"),
        ("agents revoke a", 2, "fix: give --yes"),
        ("agents audit a --limit 501", 2, "--limit: must be a whole number from 1 to 500"),
        ("agents mint-key", 2, "--agent: is needed"),
        ("agents revoke-key", 2, "--agent, --key: are needed"),
        ("agents revoke-key --agent a --key k", 2, "fix: give --yes"),
        ("agents deprecate-key --agent a", 2, "--key: is needed"),
        ("agents undeprecate-key --key k", 2, "--agent: is needed"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "agents list",
            status: 200,
            body: r#"{"items":[{"id":"a","name":"sync","display_name":null,"type":"service","status":"active","last_used_at":"2026-11-23T10:04:05Z"}],"has_more":false}"#,
            exit: 0,
            out: "ID  NAME  DISPLAY NAME  TYPE     STATUS  LAST USED\na   sync  -             service  active  2026-11-23 10:04Z\n",
            err: "",
        },
        Answer {
            line: "agents list",
            status: 200,
            body: r#"{"items":[],"has_more":false}"#,
            exit: 0,
            out: "ID  NAME  DISPLAY NAME  TYPE  STATUS  LAST USED\n",
            err: "No agents.\n",
        },
        Answer {
            line: "agents audit a",
            status: 200,
            body: r#"{"items":[{"created_at":"2026-11-23T10:04:05Z","action":"agent.updated","principal":{"name":"ci"},"details":{"a": 1}}],"has_more":false}"#,
            exit: 0,
            out: "TIME                  ACTION         ACTOR  DETAILS\n2026-11-23 10:04:05Z  agent.updated  ci     {\"a\":1}\n",
            err: "",
        },
        Answer {
            line: "agents audit a --output json --fields action",
            status: 200,
            body: r#"{"items":[{"action":"x","id":1}],"total":1,"limit":50,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\"total\": 1,",
            err: "",
        },
        Answer {
            line: "agents registry-list",
            status: 200,
            body: r#"{"items":[{"actor_id":"x","name":"n","type":"agent","last_activity_at":"2026-11-23T10:04:05Z","calls_30d":12345}],"has_more":false}"#,
            exit: 0,
            out: "ACTOR ID  NAME  TYPE   LAST ACTIVITY      30D COUNT\nx         n     agent  2026-11-23 10:04Z  12345\n",
            err: "",
        },
        Answer {
            line: "agents list-keys a",
            status: 200,
            body: r#"[{"key_id":"1","name":"a-1","key_prefix":"alter_key_ab","created_at":"2026-11-23T10:04:05Z","deprecated_at":"2026-11-23T10:04:05Z","revoked_at":"2026-11-23T10:04:05Z"},{"key_id":"2","deprecated_at":"2026-11-23T10:04:05Z"},{"key_id":"3","deprecated_at":null}]"#,
            exit: 0,
            out: "1       a-1   alter_key_ab  revoked     2026-11-23 10:04Z  -\n2       -     -             deprecated  -                  -\n3       -     -             active ",
            err: "",
        },
        Answer {
            line: "agents create --name a",
            status: 201,
            body: r#"{"id":"a","api_key":"alter_key_x","key_id":"k"}"#,
            exit: 0,
            out: "\"api_key\": \"alter_key_x\"",
            err: "Store the secret now",
        },
        Answer {
            line: "agents create --name a",
            status: 201,
            body: r#"{"id":"a","api_key":null,"key_id":"k"}"#,
            exit: 1,
            out: "",
            err: "alter: agent a with key k was made, but its secret is lost: the portal's answer does not hold it\n  fix: alter agents revoke --app a1a1a1a1-0001-4000-8000-000000000001 --agent a\n",
        },
        Answer {
            line: "agents create --name a",
            status: 409,
            body: r#"{"error":"agent_name_exists","message":"Taken."}"#,
            exit: 5,
            out: "",
            err: "alter: conflict: Taken.\n",
        },
        Answer {
            line: "agents mint-key 'a b'",
            status: 201,
            body: r#"{"key_id":"k","api_key":null}"#,
            exit: 1,
            out: "",
            err: "--agent 'a b' --key k\n",
        },
        Answer {
            line: "agents revoke-key --agent a --key k --yes",
            status: 409,
            body: r#"{"error":"last_active_key","message":"The only one."}"#,
            exit: 5,
            out: "",
            err: "  fix: repeat with --force",
        },
    ]);
}

#[test]
fn secrets_go_to_their_file() {
    let server = Server::json(201, r#"{"key_id":"k","api_key":"alter_key_marked"}"#);
    let home = crate::support::Home::new();
    let run = alter(["agents", "mint-key", "a", "--app", APP, "--secret-file", "key"]);
    run.to(&server).home(&home).run().exits(0).shows("\"api_key\": \"key\"").hides("marked");
    assert_eq!(home.read("key"), "alter_key_marked");
}

#[test]
fn questions_name_the_agent_and_the_key() {
    let server = Server::new(|seen| match seen.target.trim_start_matches("/api/v1/apps/x") {
        "" => Play::json(200, r#"{"name":"Billing"}"#),
        "/agents/a" => Play::json(200, r#"{"id":"a","name":"sync","display_name":"Sync"}"#),
        "/agents/a/keys" => Play::json(
            200,
            r#"[{"key_id":"j","name":"sync-1"},{"key_id":"k","name":"sync-2","last_used_at":null}]"#,
        ),
        other => panic!("{other}"),
    });
    let asked = |line: &str, question: &str| {
        let words = ["agents"].into_iter().chain(line.split(' ')).chain(["--app", "x"]);
        let run = words.fold(alter([]).to(&server), crate::support::Alter::arg);
        Pty::of(&run).answer(question, "no\n").run().exits(8);
    };
    asked(
        "revoke a",
        "Revoke agent Sync (a) of the app Billing? All its keys are revoked too. [y/N] ",
    );
    asked(
        "revoke-key --agent a --key k",
        "Revoke agent key sync-2 (k) of the app Billing, never used? It stops working at once. [y/N] ",
    );
}
