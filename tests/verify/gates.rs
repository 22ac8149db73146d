//! The gates that ask the portal: the key's scopes, and the principals that calls are attributed to.

use serde_json::{Value, json};

use super::{copy, fixture};
use crate::support::{APP, Alter, Home, Play, Portal, Server, alter};

/// A project that needs `audit:emit` and `tokens:retrieve`, for users.
fn project() -> Home {
    let home = Home::new();
    copy(&fixture("faults/clean"), home.path());
    home
}

/// One for an agent, without faults.
fn agent_project() -> Home {
    let home = Home::new();
    let design = "---\ngoal: agent\nruntime_identity: agent\nkey_type: agent\nprincipals: [agent]\ngrant_acquisition: delegation\n---\n";
    home.write("ALTER_INTEGRATION.md", design);
    home
}

fn verify(home: &Home, words: &[&str]) -> Alter {
    let run = alter(["verify", "--skip-sdk-check"]).home(home).env("ALTER_APP_ID", APP);
    words.iter().fold(run, Alter::arg)
}

/// `gate severity rule file:line` of each finding.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|found| {
            let text = |key: &str| found[key].as_str().unwrap_or("-").to_owned();
            let [gate, severity, rule, file] = ["gate", "severity", "rule", "file"].map(text);
            format!("{gate} {severity} {rule} {file}:{}", found["line"])
        })
        .collect()
}

#[test]
fn a_key_is_compared_with_the_code() {
    let home = project();
    for (key, wanted) in [
        (json!({"scopes": ["tokens:retrieve", "audit:emit"], "key_type": "rk"}), vec![]),
        (
            json!({"scopes": ["audit:emit"], "key_type": "rk"}),
            vec!["B error missing-scope app.py:30"],
        ),
        (
            json!({"scopes": ["tokens:retrieve", "audit:emit", "grants:read"], "key_type": "rk"}),
            vec!["B warning unused-scope -:null"],
        ),
        (json!({"scopes": ["*"], "key_type": "rk"}), vec!["B error wildcard-scope -:null"]),
        (
            json!({"scopes": ["tokens:*", "audit:emit"], "key_type": "rk"}),
            vec!["B error wildcard-scope -:null"],
        ),
        (
            json!({"scopes": ["tokens:retrieve", "audit:emit"], "key_type": "ak"}),
            vec!["B error key-type -:null"],
        ),
        (
            json!({"scopes": ["tokens:retrieve", "audit:emit"], "revoked_at": "2026-01-01T00:00:00Z"}),
            vec!["B error revoked-key -:null"],
        ),
    ] {
        let mut body = key.clone();
        body["id"] = "k 1".into();
        let server = Server::json(200, &body.to_string());
        let outcome = verify(&home, &["--key", "k 1"]).to(&server).run();
        assert_eq!(found(&outcome.json()), wanted, "{key}");
        outcome.exits(i32::from(wanted.iter().any(|line| line.contains(" error "))));
        if wanted.iter().any(|line| line.contains("missing") || line.contains("wildcard")) {
            outcome.shows("alter keys rotate --key 'k 1' --scopes audit:emit,tokens:retrieve");
        }
        assert_eq!(server.seen()[0].target, format!("/api/v1/apps/{APP}/keys/k%201"));
    }
}

#[test]
fn calls_are_compared_with_the_design() {
    let call = |actor: &str, user: Option<&str>, grant: &str| json!({"app_id": APP, "actor_id": actor, "principal_user_id": user, "grant_id": grant, "api_key_id": "k"});
    let (home, agent) = (project(), agent_project());
    for (home, words, rows, wanted) in [
        (&home, vec![], vec![call("a", Some("u"), "g")], vec![]),
        (&home, vec![], vec![call("a", None, "g")], vec!["C warning user -:null"]),
        (&home, vec!["--grant=g"], vec![call("a", None, "g")], vec!["C error user -:null"]),
        (&home, vec!["--grant=g"], vec![call("a", None, "other")], vec!["C error no-call -:null"]),
        (&home, vec![], vec![], vec!["C warning no-call -:null"]),
        (&agent, vec!["--agent=a"], vec![call("a", None, "g")], vec![]),
        (&agent, vec!["--agent=a"], vec![call("b", None, "g")], vec!["C warning actor -:null"]),
        (
            &agent,
            vec!["--agent=a", "--trace=t"],
            vec![call("a", None, "g"), call("b", None, "g")],
            vec!["C error actor -:null"],
        ),
    ] {
        let trace = words.contains(&"--trace=t");
        let rows = if trace { json!({"events": rows}) } else { json!({"items": rows}) };
        let server = Server::json(200, &rows.to_string());
        let words = [&["--runtime"], &words[..]].concat();
        let outcome = verify(home, &words).to(&server).run();
        assert_eq!(found(&outcome.json()), wanted, "{words:?} {rows}");
        outcome.exits(i32::from(wanted.iter().any(|line| line.contains(" error "))));
        let asked = server.seen()[0].target.clone();
        let path = if trace { "audit/traces/t" } else { "audit/events?" };
        assert!(asked.starts_with(&format!("/api/v1/{path}")), "{asked}");
        assert!(trace || asked.contains(&format!("app_id={APP}")), "{asked}");
    }
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    let (home, agent) = (project(), agent_project());
    let server = Server::unused();
    for (home, words, message) in [
        (&home, &["--grant=g"][..], "--grant: works only with --runtime"),
        (&home, &["--trace=t"], "--trace: works only with --runtime"),
        (&home, &["--agent=a"], "--agent: works only with --runtime"),
        (&agent, &["--runtime"], "--agent: is needed with --runtime"),
        (&home, &["--key="], "--key: is empty"),
        (&home, &["--runtime", "--grant="], "--grant: is empty"),
    ] {
        verify(home, words).to(&server).run().exits(2).prints("").stderr_has(message);
    }
    for words in [["verify", "--key=k"], ["verify", "--runtime"]] {
        alter(words).home(&home).to(&server).run().exits(2).stderr_has("no app selected");
    }
    let dry = verify(&home, &["--key=k", "--dry-run"]).to(&server).run();
    assert_eq!(dry.exits(0).json()["path"], format!("/api/v1/apps/{APP}/keys/k"));
    server.untouched();
}

#[test]
fn without_the_gates_nothing_is_asked() {
    let server = Server::unused();
    verify(&project(), &[]).to(&server).run().exits(0);
    server.untouched();
}

#[test]
fn a_refusal_of_the_portal_ends_the_run() {
    let home = project();
    for (status, exit) in [(404, 4), (403, 7), (401, 3)] {
        let server = Server::new(move |_| Play::json(status, r#"{"error":"x","message":"m"}"#));
        verify(&home, &["--key=k"]).to(&server).run().exits(exit).prints("");
        verify(&home, &["--runtime", "--trace=t"]).to(&server).run().exits(exit).prints("");
    }
    let server = Server::json(200, "[]");
    verify(&home, &["--key=k"]).to(&server).run().exits(1).stderr_has("is no key");
    verify(&home, &["--runtime"]).to(&server).run().exits(1).stderr_has("has no audit rows");
}

#[test]
fn a_key_of_the_portal_passes_when_it_has_what_the_code_needs() {
    let (portal, home) = (Portal::new([]), project());
    let mint = |scopes: &str| {
        let key = portal.ask(["keys", "mint", "--app", APP, "--name", "n", "--scopes", scopes]);
        key["id"].as_str().expect("an id").to_owned()
    };
    let (good, poor) = (mint("tokens:retrieve,audit:emit"), mint("audit:emit"));
    verify(&home, &["--key", &good]).at(&portal).run().exits(0);
    let outcome = verify(&home, &["--key", &poor]).at(&portal).run();
    assert_eq!(found(&outcome.exits(1).json()), ["B error missing-scope app.py:30"]);
    verify(&home, &["--key", "nope"]).at(&portal).run().exits(4);
}
