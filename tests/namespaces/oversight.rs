//! Rules and oversight through both binaries: what one command does, the others show.

use serde_json::{Value, json};

use crate::support::{APP, Alter, Outcome, Portal, alter};

/// Runs a command line, split at blanks, on the demo app.
fn line(portal: &Portal, line: &str) -> Alter {
    let words = line.split(' ').fold(alter([]), Alter::arg);
    words.at(portal).env("ALTER_APP_ID", APP)
}

fn run(portal: &Portal, words: &str) -> Outcome {
    line(portal, words).run()
}

/// What a command prints, which must be good.
fn ask(portal: &Portal, words: &str) -> Value {
    run(portal, &format!("{words} --output=json")).exits(0).json()
}

/// Every row of a list.
fn rows(portal: &Portal, words: &str) -> Vec<Value> {
    run(portal, &format!("{words} --output=jsonl")).exits(0).lines()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

const DENY: &str = r#"{"when":{"method":"GET"},"effect":"deny"}"#;
const REPEAT: &str = "  fix: repeat the rule's target flag: --agent, --grant or --provider\n";

#[test]
fn a_rule_belongs_to_the_target_it_was_created_for() {
    let portal = Portal::new([]);
    let agent = text(
        &ask(&portal, "api GET /apps/a1a1a1a1-0001-4000-8000-000000000001/agents")["items"][0],
        "id",
    )
    .to_owned();
    let grant = text(&rows(&portal, "grants list --status active")[0], "id").to_owned();
    for target in
        ["", " --provider google", &format!(" --agent {agent}"), &format!(" --grant {grant}")]
    {
        let before = rows(&portal, &format!("policy rules list{target}")).len();
        let made =
            ask(&portal, &format!("policy rules create{target} --disabled --name n --body {DENY}"));
        let id = text(&made, "id");
        assert_eq!((&made["enabled"], &made["rule_type"]), (&json!(false), &json!("json_match")));
        assert_eq!(ask(&portal, &format!("policy rules get {id}{target}")), made);
        assert_eq!(rows(&portal, &format!("policy rules list{target}")).len(), before + 1);
        let shown = rows(&portal, "policy show-app").iter().any(|rule| rule["id"] == *id);
        assert_eq!(shown, target.is_empty(), "{target}");
        if !target.is_empty() {
            run(&portal, &format!("policy rules get {id}")).exits(4).stderr_has(REPEAT);
            run(&portal, &format!("policy rules update {id} --enable")).exits(4).stderr_has(REPEAT);
            run(&portal, &format!("policy rules delete {id} --yes")).exits(4).stderr_has(REPEAT);
        }
        let change = format!("policy rules update {id}{target} --enable --description why");
        let changed = ask(&portal, &change);
        assert_eq!((&changed["enabled"], &changed["description"]), (&json!(true), &json!("why")));
        run(&portal, &format!("policy rules update {id}{target} --body {{\"allow\":[]}}"))
            .exits(2)
            .stderr_has("$.allow ");
        let body = r#"{"when":{"method":["PUT"]},"effect":"deny"}"#;
        let changed = ask(&portal, &format!("policy rules update {id}{target} --body {body}"));
        assert_eq!(changed["rule_body"]["when"]["method"], json!(["PUT"]));
        assert_eq!(changed["description"], "why");
        ask(&portal, &format!("policy rules delete {id}{target} --yes"));
        run(&portal, &format!("policy rules get {id}{target}")).exits(4);
    }
}

#[test]
fn the_portal_judges_a_body_whose_rule_the_pat_may_not_read() {
    let portal = Portal::new(["--auto-approve"]);
    let made = ask(&portal, &format!("policy rules create --body {DENY}"));
    let pat = portal.pat_with("dashboard_app_policy%3Arules_update");
    let update = |body: &str| {
        let words = format!("policy rules update {} --body {body}", text(&made, "id"));
        line(&portal, &words).env("ALTER_PAT", &pat).run()
    };
    update(r#"{"allow":["::1"]}"#)
        .exits(2)
        .stderr_has("alter: the portal refused the input: ")
        .stderr_has("allow");
    update(r#"{"when":{"method":"PUT"},"effect":"deny"}"#).exits(0);
    let named = line(&portal, "policy show-app").env("ALTER_PAT", &pat).run();
    named.exits(7).stderr_has("dashboard_app_policy:read");
}

#[test]
fn a_grant_is_found_and_revoked() {
    let portal = Portal::new([]);
    let active = rows(&portal, "grants list --status active");
    let of_user =
        active.iter().find(|grant| grant["app_user_id"].is_string()).expect("a user's grant");
    let (id, user) = (text(of_user, "id"), text(of_user, "app_user_id"));
    let found = rows(&portal, &format!("grants list --app-user {user} --status active"));
    assert!(found.iter().any(|grant| grant["id"] == *id));
    let shown = ask(&portal, &format!("end-users show {user}"));
    let listed = rows(&portal, &format!("end-users list --search {}", text(&shown, "email")));
    assert_eq!(listed[0]["id"], *user);
    assert_eq!(listed[0]["grant_count"].as_u64(), Some(found.len() as u64));
    let page = ask(&portal, "grants list --limit 1 --fields id");
    assert_eq!((&page["limit"], &page["is_truncated"]), (&json!(1), &json!(false)));
    let revoked = ask(&portal, &format!("grants revoke {id} --reason lost --yes"));
    assert_eq!((&revoked["status"], revoked["revoked_at"].is_string()), (&json!("revoked"), true));
    run(&portal, &format!("grants revoke {id} --yes")).exits(5).stderr_has("alter: conflict: ");
    run(&portal, "grants revoke 00000000-0000-4000-8000-000000000000 --yes").exits(4);
    let events = rows(&portal, "audit grant-events --since 1h");
    let event = events.iter().find(|event| event["grant_id"] == *id).expect("its event");
    assert_eq!((&event["actor_source"], &event["reason"]), (&json!("pat"), &json!("lost")));
}

#[test]
fn branding_is_set_changed_in_part_and_reset() {
    let portal = Portal::new([]);
    let font = r#"branding set --input {"font_family":"Inter"}"#;
    run(&portal, "branding get").exits(4).stderr_has("branding set --replace");
    run(&portal, font).exits(5).stderr_has("  fix: repeat with --replace\n");
    let whole = r##"{"logo_url":"https://a.example/l.png","colors":{"primary":"#1A73e8","text":"#000000","background":"#ffffff"}}"##;
    ask(&portal, &format!("branding set --replace --input {whole}"));
    ask(&portal, font);
    ask(&portal, r##"branding set --input {"colors":{"text":"#111111"}}"##);
    let shown = ask(&portal, "branding get");
    assert_eq!(
        (&shown["font_family"], &shown["colors"]["text"]),
        (&json!("Inter"), &json!("#111111"))
    );
    assert_eq!(shown["colors"]["primary"], "#1A73e8");
    ask(&portal, "branding reset --yes");
    run(&portal, "branding get").exits(4);
    let bounds = ask(&portal, "approvals defaults");
    assert!(bounds["bounds"]["max_pending"]["max"].is_u64(), "{bounds}");
}

#[test]
fn every_part_of_the_log_adds_up() {
    let portal = Portal::new(["--audit-rows=4200"]);
    let count = |words: &str| rows(&portal, words).len() as u64;
    let events = count("audit list");
    for (words, key) in [
        ("audit traces", "event_count"),
        ("audit threads", "event_count"),
        ("audit traces --start 2026-01-01 --end 2026-01-02", "event_count"),
    ] {
        let sum: u64 = rows(&portal, words).iter().filter_map(|row| row[key].as_u64()).sum();
        let within =
            words.split_once(" --").map_or(String::new(), |(_, flags)| format!(" --{flags}"));
        let listed = if within.is_empty() { events } else { count(&format!("audit list{within}")) };
        assert_eq!(sum, listed, "{words}");
    }
    for decision in ["allow", "DENY", "Error"] {
        let words = format!("audit list --start 2026-01-01 --policy-decision {decision}");
        let analysis = ask(&portal, "analytics policy --start 2026-01-01");
        assert_eq!(analysis[decision.to_lowercase()].as_u64(), Some(count(&words)), "{decision}");
    }
    let calls = ask(&portal, "analytics api-calls --start 2026-01-01 --granularity month");
    assert_eq!(calls["totals"]["total"].as_u64(), Some(events));
    let thread = &rows(&portal, "audit threads --limit 1")[0];
    let shown = ask(&portal, &format!("audit thread {}", text(thread, "thread_id")));
    assert_eq!(
        shown["traces"].as_array().map(|traces| traces.len() as u64),
        thread["trace_count"].as_u64()
    );
    for principal in rows(&portal, "audit agents") {
        let (kind, id) = (text(&principal, "principal_kind"), text(&principal, "id"));
        let shown = ask(&portal, &format!("audit agent {id} --principal-kind {kind}"));
        assert_eq!(shown["event_count"], principal["event_count"], "{principal}");
    }
}

#[test]
fn every_cause_in_the_log_is_explained() {
    let portal = Portal::new(["--audit-rows=1000"]);
    let mut seen = Vec::new();
    for event in rows(&portal, "audit list --fields reason,trace_id,response_status") {
        let cause = (event["reason"].clone(), event["response_status"].clone());
        if seen.contains(&cause) {
            continue;
        }
        let told = ask(&portal, &format!("audit explain {}", text(&event, "trace_id")));
        let failed = cause.1 != 200 || !cause.0.is_null();
        assert_eq!(told["outcome"] == "success", !failed, "{event} {told}");
        assert!(!text(&told, "cause").starts_with("nothing is known"), "{event} {told}");
        assert!(text(&told, "fix").contains("alter "), "{told}");
        seen.push(cause);
    }
    assert!(seen.len() >= 10, "{seen:?}");
}

#[test]
fn one_changed_byte_is_found_and_its_row_named() {
    let check = "audit integrity-check --start 2026-01-01 --end 2026-02-01";
    let whole = Portal::new(["--audit-rows=1000"]);
    let report = ask(&whole, check);
    assert_eq!(report["ok"], true);
    let changed = Portal::new(["--audit-rows=1000", "--audit-tamper=77"]);
    let run = run(&changed, check);
    assert_eq!(run.exits(1).json()["ok"], false);
    run.stderr_has(" 00000000-0000-4000-8000-00000000004d\n");
}
