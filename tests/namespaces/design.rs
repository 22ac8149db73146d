//! `alter design validate`: the rules, each broken once, and what is no frontmatter at all.

use serde_json::{Value, json};

use crate::support::{APP, Alter, Home, Outcome, Play, Server, alter};

/// A design that is as it should be.
const GOOD: &str = "\
goal: user-data
runtime_identity: app # a server
key_type: 'runtime'
principals: [user]
providers:
  - google
  - {id: slack}
grant_acquisition: browser-consent
idp: jwt-resolution
dashboard_steps:
  - Set up jwt-resolution
  - create the app
";

fn validate(frontmatter: &str) -> Outcome {
    let home = Home::new();
    home.write("ALTER_INTEGRATION.md", format!("---\n{frontmatter}---\n# How it works\n"));
    alter(["design", "validate"]).home(&home).run()
}

/// The design with a piece of it replaced.
fn broken(old: &str, new: &str) -> Outcome {
    assert!(GOOD.contains(old), "{old}");
    validate(&GOOD.replace(old, new))
}

#[test]
fn a_good_design_passes() {
    let passed = validate(GOOD);
    assert_eq!(
        passed.exits(0).says("").json(),
        json!({"status": "pass", "rules_version": "1", "violations": []})
    );
    for (old, new) in [
        ("goal:", "use_case:"),
        ("grant_acquisition:", "acquisition:"),
        ("user-data", "[user-data]"),
        ("[user]", "\n  - type: user"),
        ("idp: jwt-resolution", "idp: ~"),
        (
            "[user]",
            "[{type: user, providers: [google]}, {type: agent, providers: [slack], grant_acquisition: x}]",
        ),
        ("google\n", "google\n  - {provider: github, principals: [agent, system]}\n"),
        ("# a server", "# \u{e9}\u{1f600}"),
        ("\n", "\r\n"),
    ] {
        let outcome = broken(old, new);
        assert_eq!(outcome.exits(0).json()["violations"], json!([]), "{new}");
    }
    let agent = "goal: agent\nruntime_identity: agent\nkey_type: agent\ngrant_acquisition: [delegation, agent-bound-grant]\n";
    validate(agent).exits(0);
    validate("goal: backend-secret\nruntime_identity: app\nkey_type: runtime\ngrant_acquisition:\n- managed-secret-grant\n").exits(0);
}

#[test]
fn every_rule_can_be_broken() {
    for (old, new, rule, line) in [
        ("'runtime'", "agent", "identity-key-type", 4),
        ("app #", "agent #", "identity-key-type", 4),
        ("goal: user-data", "goal: agent", "goal-acquisition", 9),
        ("goal: user-data", "goal: [user-data, agent]", "goal-acquisition", 2),
        ("browser-consent", "delegation", "goal-acquisition", 9),
        ("[user]", "[user, agent]", "principal-separation", 7),
        ("{id: slack}", "{id: slack, principals: [agent, user]}", "principal-separation", 8),
        ("jwt-resolution\n  - create", "JWT\n  - create", "idp-dashboard-step", 10),
        ("goal: user-data", "goal: user_data", "unknown-value", 2),
        ("app #", "server #", "unknown-value", 3),
        ("[user]", "[user, robot]", "unknown-value", 5),
        ("idp: jwt-resolution", "idp: saml", "unknown-value", 10),
        ("browser-consent", "[browser-consent, magic]", "unknown-value", 9),
        ("key_type: 'runtime'\n", "", "missing-key", 1),
        ("app # a server", "[app, agent]", "wrong-type", 3),
        ("- google", "- [google]", "wrong-type", 7),
    ] {
        let outcome = broken(old, new);
        let found = outcome.exits(1).json();
        assert_eq!(found["status"], "fail");
        let errors: Vec<&Value> = found["violations"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|violation| violation["severity"] == "error")
            .collect();
        assert_eq!(errors[0]["rule"], rule, "{new}: {found}");
        assert_eq!(errors[0]["line"], line, "{new}: {found}");
        if rule != "wrong-type" {
            assert_eq!(errors.len(), 1, "{new}: {found}");
        }
        outcome.stderr_has("alter: ALTER_INTEGRATION.md: ");
    }
}

#[test]
fn unknown_and_missing_keys_are_warnings() {
    for (old, new, rule, line) in [
        ("goal: user-data", "gaol: user-data", "unknown-key", 2),
        ("goal: user-data\n", "", "missing-key", 1),
        ("grant_acquisition: browser-consent\n", "", "missing-key", 1),
    ] {
        let found = broken(old, new).exits(0).json();
        let violations = found["violations"].as_array().expect("violations").clone();
        let warned = violations.iter().any(|violation| {
            violation["rule"] == rule
                && violation["line"] == line
                && violation["severity"] == "warning"
        });
        assert!(warned && found["status"] == "pass", "{found}");
    }
}

#[test]
fn what_is_no_design_is_refused() {
    for (text, message) in [
        ("", "line 1 is not `---`"),
        ("# Title\n---\n", "line 1 is not `---`"),
        ("---\ngoal: agent\n", "line 1 opens a frontmatter that no later `---` closes"),
        ("---\ngoal: [a\nidp: b\n---\n", "line 3: "),
        ("---\ngoal: &a x\nidp: *a\n---\n", "line 3: aliases such as `*x` are not read here"),
        ("---\ngoal: !!str x\n---\n", "line 2: tags such as `!x` are not read here"),
        ("---\ngoal: a\ngoal: b\n---\n", "line 3: `goal` is given a second time"),
        ("---\n- goal\n---\n", "line 2: the frontmatter is not `key: value`"),
    ] {
        let home = Home::new();
        home.write("ALTER_INTEGRATION.md", text);
        let run = alter(["design", "validate"]).home(&home).run();
        run.exits(2).prints("").stderr_has("alter: ALTER_INTEGRATION.md: ").stderr_has(message);
    }
    let home = Home::new();
    alter(["design", "validate"])
        .home(&home)
        .run()
        .exits(4)
        .stderr_has("--design: ALTER_INTEGRATION.md");
    home.write("x.md", b"---\n\xff\n---\n");
    alter(["design", "validate", "--design=x.md"])
        .home(&home)
        .run()
        .exits(2)
        .stderr_has("not UTF-8");
}

#[test]
fn a_default_design_is_a_regular_file() {
    for words in [&["design", "validate"][..], &["verify"]] {
        let home = Home::new();
        home.fifo("ALTER_INTEGRATION.md");
        let run = words.iter().fold(alter([]), Alter::arg).home(&home).run();
        run.exits(2).stderr_has("--design: ALTER_INTEGRATION.md: is no regular file");
    }
    // One that is named may come from wherever the person likes.
    let piped = alter(["design", "validate", "--design=/dev/stdin"]);
    piped.stdin(format!("---\n{GOOD}---\n")).run().exits(0);
}

#[test]
fn providers_are_looked_up_when_asked() {
    let home = Home::new();
    home.write("ALTER_INTEGRATION.md", format!("---\n{GOOD}---\n"));
    let server = Server::json(200, r#"[{"provider_id":"google","x":1}]"#);
    let remote = || {
        let run = alter(["design", "validate", "--remote"]).home(&home).to(&server);
        run.env("ALTER_APP_ID", APP)
    };
    let found = remote().run().exits(1).json();
    assert_eq!(
        found["violations"],
        json!([{"rule": "provider-not-configured", "severity": "error",
            "message": "provider `slack` is not configured on the app", "line": 8}])
    );
    assert_eq!(server.seen()[0].target, format!("/api/v1/apps/{APP}/providers"));
    let table = remote().arg("--output=table").run();
    table.exits(1).prints(
        "LINE  SEVERITY  RULE                     MESSAGE\n\
         8     error     provider-not-configured  provider `slack` is not configured on the app\n",
    );
    alter(["design", "validate", "--remote"])
        .home(&home)
        .run()
        .exits(2)
        .stderr_has("no app selected");
    let server = Server::new(|_| Play::json(200, "{}"));
    let run = alter(["design", "validate", "--remote"]).home(&home).to(&server);
    run.env("ALTER_APP_ID", APP).run().exits(1).prints("");
    let dry = remote().arg("--dry-run").run();
    assert_eq!(dry.exits(0).json()["method"], "GET");
}

#[test]
fn without_remote_nothing_is_asked() {
    let server = Server::unused();
    let home = Home::new();
    home.write("d.md", format!("---\n{GOOD}---\n"));
    alter(["design", "validate", "--design", "d.md"]).home(&home).to(&server).run().exits(0);
    server.untouched();
}
