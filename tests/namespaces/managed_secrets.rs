//! `alter managed-secrets`: what every verb sends, what is refused before, and what becomes of the answer.

use serde_json::json;

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Home, Play, Pty, Server, alter};

#[test]
fn flags_become_requests() {
    requests(&[
        ("managed-secrets templates", "GET /apps/{app}/managed-secrets/templates"),
        ("managed-secrets list", "GET /apps/{app}/managed-secrets"),
        ("managed-secrets show s", "GET /apps/{app}/managed-secrets/s"),
        (
            "managed-secrets create --name OpenAI --template openai --credential-value k",
            r#"POST /apps/{app}/managed-secrets {"credential_value":"[redacted]","name":"OpenAI","template_id":"openai"}"#,
        ),
        (
            "managed-secrets create --name n --description d --credential-type header_key --credential-value k --injection-header X-Key --injection-format '{token}' --injection-rule [{\"a\":1}] --label l --account-identifier i --account-display-name a --allow-group-delegation --max-delegation-ttl-days 1825",
            r#"POST /apps/{app}/managed-secrets {"account_display_name":"a","account_identifier":"i","allow_group_delegation":true,"credential_type":"header_key","credential_value":"[redacted]","description":"d","injection_format":"{token}","injection_header":"X-Key","injection_rules":[{"a":1}],"label":"l","max_delegation_ttl_days":1825,"name":"n"}"#,
        ),
        (
            "managed-secrets create --name n --credential-field a=1 --credential-field b==2",
            r#"POST /apps/{app}/managed-secrets {"additional_credentials":"[redacted]","name":"n"}"#,
        ),
        (
            "managed-secrets create --input {\"slug\":\"x\"}",
            r#"POST /apps/{app}/managed-secrets {"slug":"x"}"#,
        ),
        (
            "managed-secrets rotate s --credentials {\"credential_value\":\"k\",\"region\":\"r\"}",
            r#"POST /apps/{app}/managed-secrets/s/rotate {"additional_credentials":"[redacted]","credential_value":"[redacted]"}"#,
        ),
        (
            "managed-secrets delete s",
            r#"DELETE /apps/{app}/managed-secrets/s {"confirm":"<the secret's slug>"}"#,
        ),
        (
            "managed-secrets delete s --confirm openai",
            r#"DELETE /apps/{app}/managed-secrets/s {"confirm":"openai"}"#,
        ),
        ("managed-secrets access s", "GET /apps/{app}/managed-secrets/s/access"),
        (
            "managed-secrets set-delegation-policy s",
            r#"PUT /apps/{app}/managed-secrets/s/delegation-policy {"allow_group_delegation":false,"max_delegation_ttl_days":90}"#,
        ),
        (
            "managed-secrets set-delegation-policy s --allow-group-delegation --max-delegation-ttl-days 30",
            r#"PUT /apps/{app}/managed-secrets/s/delegation-policy {"allow_group_delegation":true,"max_delegation_ttl_days":30}"#,
        ),
        (
            "managed-secrets set-allowed-hosts s --host API.a.example,*.b.example --host api.a.example --host localhost",
            r#"PUT /apps/{app}/managed-secrets/s/allowed-hosts {"allowed_hosts":["api.a.example","*.b.example","localhost"]}"#,
        ),
        (
            "managed-secrets set-allowed-hosts s --clear",
            r#"PUT /apps/{app}/managed-secrets/s/allowed-hosts {"allowed_hosts":[]}"#,
        ),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    let with = |more: &str| format!("managed-secrets create --name n --credential-value k {more}");
    refusals(&[
        ("managed-secrets show", 2, "<secret>: is needed"),
        ("managed-secrets show ''", 2, "<secret>: is empty"),
        ("managed-secrets create", 2, "--name: is needed, or --input"),
        (
            "managed-secrets create --name n",
            2,
            "--credential-value, --credentials or --credential-field: a credential is needed from one of them",
        ),
        ("managed-secrets create --name '' --credential-value k", 2, "--name: is empty"),
        (
            "managed-secrets create --name n --credential-value ''",
            2,
            "--credential-value: is empty",
        ),
        ("managed-secrets create --name n --credentials {}", 2, "a credential is needed"),
        ("managed-secrets create --name n --credentials []", 2, "--credentials: must be an object"),
        (
            "managed-secrets create --name n --credentials {\"a\":\"b\",\"c\":1}",
            2,
            "--credentials: entry 2 is not a string",
        ),
        (
            "managed-secrets create --name n --credentials {\"a\":\"\"}",
            2,
            "--credentials: entry 1 is empty",
        ),
        (
            "managed-secrets create --name n --credentials {\"a\":\"b\",\"a\":\"c\"}",
            2,
            "--credentials: entry 2 has a name that was there before",
        ),
        (
            "managed-secrets create --name n --credentials @none",
            4,
            "--credentials: none: No such file",
        ),
        (
            "managed-secrets create --name n --credential-field a",
            2,
            "--credential-field: number 1 wants the form name=value",
        ),
        (
            "managed-secrets create --name n --credential-field a=1 --credential-field a=2",
            2,
            "--credential-field: number 2 has a name that was there before",
        ),
        (
            &with("--credentials {\"credential_value\":\"x\"}"),
            2,
            "--credential-value: is given, and a credential_value beside it",
        ),
        (&with("--credentials -"), 2, "--credentials: is not JSON at line 1, column 0"),
        (&with("--credential-type token"), 2, "--credential-type: must be one of bearer_token"),
        (&with("--injection-format Bearer"), 2, "--injection-format: must hold {token}"),
        (
            &with("--injection-header 'X Key'"),
            2,
            "--injection-header: is not the name of an HTTP header",
        ),
        (&with("--injection-header ''"), 2, "--injection-header: is empty"),
        (
            &with("--injection-header Content-length"),
            2,
            "--injection-header: must not be `content-length`",
        ),
        (&with("--injection-rule {}"), 2, "--injection-rule: must be an array"),
        (
            &with("--max-delegation-ttl-days 1826"),
            2,
            "--max-delegation-ttl-days: must be a whole number from 1 to 1825",
        ),
        (&with("--input {}"), 2, "--input: replaces --name"),
        ("managed-secrets rotate s", 2, "a credential is needed from one of them"),
        ("managed-secrets delete s", 2, "fix: give --confirm NAME"),
        ("managed-secrets delete s --confirm ''", 2, "--confirm: is empty"),
    ]);
}

#[test]
fn unusable_policies_are_refused() {
    let hosts = |host: &str| format!("managed-secrets set-allowed-hosts s --host {host}");
    let long = "a".repeat(64);
    refusals(&[
        (
            "managed-secrets set-delegation-policy s --max-delegation-ttl-days 0",
            2,
            "--max-delegation-ttl-days: must be",
        ),
        (
            "managed-secrets set-allowed-hosts s",
            2,
            "no hosts: give at least one of --host, --clear",
        ),
        (
            "managed-secrets set-allowed-hosts s --host a.b --clear",
            2,
            "--host: cannot be combined with --clear",
        ),
        (&hosts("''"), 2, "--host: has an empty entry"),
        (&hosts("a.b,"), 2, "--host: has an empty entry"),
        (&hosts("https://a.b"), 2, "--host: entry 1 must be a host"),
        (&hosts("a.b:443"), 2, "--host: entry 1 must be a host"),
        (&hosts("a.b/c"), 2, "--host: entry 1 must be a host"),
        (&hosts("a.*.b"), 2, "--host: entry 1 must be a host"),
        (&hosts("a..b"), 2, "--host: entry 1 must be a host"),
        (&hosts("-a.b"), 2, "--host: entry 1 must be a host"),
        (&hosts("é.example"), 2, "--host: entry 1 must be a host"),
        (&hosts(&long), 2, "--host: entry 1 must be a host"),
        (
            &hosts("*.example"),
            2,
            "--host: entry 1 must be a host, or *. and a domain of at least two labels",
        ),
        (&hosts("*"), 2, "--host: entry 1 must be a host"),
    ]);
}

const ACCESS: &str = r#"{"secret_id":"s","slug":"openai","entries":[{"principal":{"type":"user","id":"u","name":"Alice"},"path":"group","grant_id":"g","expires_at":"2026-11-23T10:04:05Z"},{"principal":{"type":"agent","id":"a","name":null},"path":"direct","grant_id":"h"},{"principal":{"type":"system"},"path":"system","grant_id":"i"}],"counts":{"total":3}}"#;

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "managed-secrets templates",
            status: 200,
            body: r#"[{"id":"openai","name":"OpenAI","category":"AI","credential_type":"bearer_token","injection_header":"Authorization","injection_format":"Bearer {token}"}]"#,
            exit: 0,
            out: "ID      NAME    CATEGORY  CREDENTIAL TYPE  HEADER         FORMAT\nopenai  OpenAI  AI        bearer_token     Authorization  Bearer {token}\n",
            err: "",
        },
        Answer {
            line: "managed-secrets list",
            status: 200,
            body: r#"[{"id":"s","slug":"openai","name":"OpenAI","credential_type":"bearer_token","template_id":null,"grant_count":3,"allowed_hosts":["a.b","c.d"],"updated_at":"2026-11-23T10:04:05Z"}]"#,
            exit: 0,
            out: "ID  SLUG    NAME    TYPE          TEMPLATE  GRANTS  HOSTS    UPDATED\ns   openai  OpenAI  bearer_token  -         3       a.b,c.d  2026-11-23 10:04Z\n",
            err: "",
        },
        Answer {
            line: "managed-secrets access s",
            status: 200,
            body: ACCESS,
            exit: 0,
            out: "PRINCIPAL  TYPE    VIA     GRANT  EXPIRES\nAlice      user    group   g      2026-11-23 10:04Z\na          agent   direct  h      -\nthe app    system  system  i      -\n",
            err: "",
        },
        Answer {
            line: "managed-secrets access s --output json",
            status: 200,
            body: ACCESS,
            exit: 0,
            out: "{\n  \"secret_id\": \"s\",",
            err: "",
        },
        Answer {
            line: "managed-secrets access s --fields counts",
            status: 200,
            body: ACCESS,
            exit: 0,
            out: "{\n  \"counts\": {\n    \"total\": 3\n  }\n}\n",
            err: "",
        },
        Answer {
            line: "managed-secrets access s --output jsonl --fields path",
            status: 200,
            body: ACCESS,
            exit: 0,
            out: "{\"path\":\"group\"}\n{\"path\":\"direct\"}\n{\"path\":\"system\"}\n",
            err: "",
        },
        Answer {
            line: "managed-secrets access s",
            status: 200,
            body: r#"{"entries":[]}"#,
            exit: 0,
            out: "PRINCIPAL  TYPE  VIA  GRANT  EXPIRES\n",
            err: "No principals with access.\n",
        },
        Answer {
            line: "managed-secrets access s",
            status: 200,
            body: r#"{"entries":{}}"#,
            exit: 1,
            out: "",
            err: "alter: the portal's answer: has no rows (status 200)",
        },
        Answer {
            line: "managed-secrets set-allowed-hosts s --host a.b",
            status: 200,
            body: "{}",
            exit: 0,
            out: "{}",
            err: "warning: this replaces the whole list of allowed hosts\n",
        },
        Answer {
            line: "managed-secrets set-allowed-hosts s --clear",
            status: 200,
            body: "{}",
            exit: 0,
            out: "{}",
            err: "warning: this empties the list of allowed hosts: proxy calls are refused",
        },
        Answer {
            line: "managed-secrets rotate s --credentials {\"a\":\"b\"} --credential-field c=d",
            status: 200,
            body: "{}",
            exit: 0,
            out: "{}",
            err: "warning: --credentials wins: --credential-field is left out\n",
        },
        Answer {
            line: "managed-secrets delete s --confirm wrong",
            status: 409,
            body: r#"{"error":"confirmation_mismatch","message":"Not the slug."}"#,
            exit: 5,
            out: "",
            err: "alter: conflict: Not the slug.\n",
        },
    ]);
}

#[test]
fn a_credential_is_made_of_what_was_given() {
    let (server, home) = (Server::json(200, "{}"), Home::new());
    home.write("c.json", r#"{"credential_value":"v","z":"1","a":"2"}"#);
    let sent = |words: &[&str]| {
        let begin = alter(["managed-secrets", "rotate", "s", "--app", APP]).to(&server).home(&home);
        words.iter().fold(begin, crate::support::Alter::arg).run().exits(0);
        let body = server.seen().pop().expect("a request").body;
        serde_json::from_str::<serde_json::Value>(&body).expect("JSON")
    };
    let whole = json!({"credential_value": "v", "additional_credentials": {"a": "2", "z": "1"}});
    assert_eq!(sent(&["--credentials", "@c.json"]), whole);
    assert_eq!(sent(&["--credentials", "@c.json", "--credential-field", "a=3"]), whole);
    assert_eq!(
        sent(&["--credential-value", "x", "--credential-field", "k=v=w"]),
        json!({"credential_value": "x", "additional_credentials": {"k": "v=w"}})
    );
    let line = ["managed-secrets", "rotate", "s", "--credential-value=-", "--credentials=-"];
    let run = alter(line).arg("--app=a").to(&server).stdin("x").run();
    run.exits(2).stderr_has("--credentials: standard input is already used by another flag");
    assert_eq!(
        sent(&["--credential-field", "credential_value=x"]),
        json!({"credential_value": "x"})
    );
}

#[test]
fn deleting_wants_the_slug() {
    let deleting = |shown: &'static str, typed: Option<&str>| {
        let server = Server::new(move |seen| match seen.method.as_str() {
            "GET" => Play::json(200, shown),
            _ => Play::json(200, r#"{"id":"s","deleted":true}"#),
        });
        let run = alter(["managed-secrets", "delete", "s", "--app", "x"]).to(&server);
        let asked =
            typed.iter().fold(Pty::of(&run), |pty, typed| pty.answer("to delete it: ", typed));
        let seen = asked.run();
        let last = server.seen().pop().expect("a request");
        (seen, format!("{} {}", last.method, last.body))
    };
    let openai = r#"{"id":"s","name":"OpenAI","slug":"openai","grant_count":3}"#;
    let (seen, last) = deleting(openai, Some("openai\n"));
    seen.exits(0).shows("Deleting OpenAI deletes its grants too (3).");
    seen.shows("Type the secret's slug (openai) to delete it: ");
    assert_eq!(last, r#"DELETE {"confirm":"openai"}"#);
    for typed in ["OpenAI\n", "\n", "\u{4}"] {
        deleting(openai, Some(typed)).0.exits(8).shows("cancelled");
    }
    // A name that is not there is confirmed by nothing.
    for shown in ["{}", r#"{"slug":""}"#, r#"{"slug":null}"#] {
        let (seen, last) = deleting(shown, None);
        seen.exits(1).shows("does not have the secret's slug; nothing was deleted");
        assert!(last.starts_with("GET"));
    }
}

#[test]
fn with_the_slug_given_nothing_is_read() {
    let server = Server::json(200, r#"{"id":"s","deleted":true}"#);
    let run = alter(["managed-secrets", "delete", "s", "--confirm", "x", "--app", APP]).to(&server);
    run.run().exits(0).shows("\"deleted\": true");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn turning_group_delegation_off_is_warned_about() {
    let set = |look_up: (u16, &'static str), more: &[&str]| {
        let server = Server::new(move |seen| match seen.method.as_str() {
            "GET" => Play::json(look_up.0, look_up.1),
            _ => Play::json(200, r#"{"id":"s"}"#),
        });
        let begin = alter(["managed-secrets", "set-delegation-policy", "s", "--app", APP]);
        let run = more.iter().fold(begin.to(&server), crate::support::Alter::arg).run();
        run.exits(0);
        let told = run.err().contains("warning: group delegation is on and this turns it off");
        (told, server.seen().iter().map(|seen| seen.method.clone()).collect::<Vec<_>>().join(" "))
    };
    let on = (200, r#"{"delegation_policy":{"allow_group_delegation":true}}"#);
    let off = (200, r#"{"delegation_policy":{"allow_group_delegation":false}}"#);
    assert_eq!(set(on, &[]), (true, "GET PUT".into()));
    assert_eq!(set(off, &[]), (false, "GET PUT".into()));
    assert_eq!(set((403, "{}"), &[]), (false, "GET PUT".into()));
    assert_eq!(set((200, "1"), &[]), (false, "GET PUT".into()));
    assert_eq!(set(on, &["--allow-group-delegation"]), (false, "PUT".into()));
    assert_eq!(set(on, &["--dry-run"]), (false, String::new()));
}
