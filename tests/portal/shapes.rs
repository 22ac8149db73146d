//! Every answer has all the keys of its shape, each of its type, and no others.

use ::alter::for_tests as time;
use serde_json::{Value, json};

use crate::support::{APP, Alter, Portal, alter};

/// Keys, each with a mark for its type: none for text, `#` a number, `!` true or false, `@` an instant, `[]` a list,
/// `{}` an object. A `?` behind it allows null, a `~` before it that the key is left out.
const SHAPES: &[(&str, &str)] = &[
    (
        "pat",
        "source base_url profile id name prefix scopes[] created_at@ expires_at@? last_used_at@? organization{} user{}",
    ),
    (
        "app",
        "id name description? website_url? status archived_at@? created_at@ updated_at@ stats{}?",
    ),
    (
        "key",
        "id name key_prefix key_type scopes[] scope_version# cidr_allowlist[]? rate_limit_rpm#? effective_rate_limit_rpm#? rate_limit_source? expires_at@? deprecated_at@? revoked_at@? parent_key_id? created_at@ last_used_at@? ~api_key ~rotated_from{}",
    ),
    ("statistics", "active# rotated_in_grace# total# max_allowed#"),
    (
        "agent",
        "id name display_name? type status scopes{} policy{} metadata{} rate_limit_per_minute#? version# created_at@ last_used_at@? ~api_key ~key_id",
    ),
    (
        "agent key",
        "key_id key_prefix name created_at@ deprecated_at@? revoked_at@? last_used_at@? ~api_key",
    ),
    ("seen", "actor_id name type first_seen_at@ last_activity_at@ calls_30d# agent_id?"),
    (
        "catalogue",
        "id name display_name category? supports_refresh! supports_pkce! default_scopes[] required_scopes[] status",
    ),
    (
        "provider",
        "provider_id display_name status credential_source client_id? redirect_uris[] scopes[] grant_count# created_at@ updated_at@ ~breaking_changes[]",
    ),
    (
        "template",
        "id name category credential_type fields[] injection_header injection_format allowed_hosts[]",
    ),
    (
        "secret",
        "id slug name description? template_id? credential_type injection_header injection_format injection_rules[] account_identifier? account_display_name? allowed_hosts[] delegation_policy{} grant_count# created_at@ updated_at@ rotated_at@? ~base_grant{}",
    ),
    (
        "secret grant",
        "id grant_kind managed_secret_id managed_secret_slug principal{} label? description? status grant_policy{}? expires_at@? created_at@ revoked_at@? last_used_at@? ~parent_grant_id",
    ),
    ("access", "secret_id slug entries[] counts{}"),
    ("entry", "principal{} path grant_id expires_at@?"),
    (
        "user",
        "id email? display_name? idp_id? status created_at@ last_seen_at@? groups[] grant_count#",
    ),
    ("group", "id name external_group_id idp_id member_count# ~members{} ~grants{}"),
    (
        "discovery",
        "issuer provider_type jwks_uri authorization_endpoint? token_endpoint? suggested_claims{}",
    ),
    (
        "identity provider",
        "id issuer provider_type audience? claims{} wallet_enabled! wallet_verification? created_at@",
    ),
    (
        "webhook",
        "enabled! endpoint_url? secret_prefix? created_at@? rotated_at@? last_event_at@? ~secret",
    ),
    (
        "rule",
        "id rule_type rule_body{} name? description? enabled! target{} created_at@ updated_at@",
    ),
    (
        "event",
        "id created_at@ trace_id thread_id? app_id actor_id? actor_name? api_key_id? caller_key_prefix? caller? principal_user_id? tool_name? run_id? provider_id? grant_id? grant_kind? action method? url? response_status#? latency_ms#? policy_decision? policy_error? outcome reason? principal_type?",
    ),
    (
        "action",
        "id created_at@ action principal_kind principal{} resource_type resource_id app_id? details{}",
    ),
    (
        "grant event",
        "id created_at@ event grant_id grant_type provider_id? app_id actor actor_source reason?",
    ),
    ("trace", "trace_id started_at@ ended_at@ event_count# status actor_id? app_id ~events[]"),
    ("thread", "thread_id last_activity_at@ trace_count# event_count# ~traces[]"),
    (
        "principal",
        "principal_kind id name keys[] key_count# thread_count# trace_count# event_count# last_activity_at@",
    ),
    ("integrity", "start@ end@ tables[] ok!"),
    (
        "grant",
        "id grant_type provider_id app_user_id? user_identifier? status scopes[] label? expires_at@? created_at@ last_used_at@? revoked_at@?",
    ),
    ("branding", "logo_url colors{} font_family? updated_at@"),
    ("defaults", "defaults{} bounds{}"),
    ("calls", "start@ end@ granularity series[] totals{}"),
    ("rows", "start@ end@ rows[]"),
    ("summary", "total_calls# success_rate# busiest_provider busiest_app active_apps#"),
    ("decisions", "allow# deny# error# top_denied_providers[]"),
    ("latency", "avg_ms# p50_ms# p95_ms# p99_ms# by_provider[]"),
    ("errors", "total# by_status[] by_provider[]"),
    ("dashboard", "apps{} users{} connections{} popular_providers[] api_usage{}"),
    ("deleted", "id deleted!"),
];

/// Lines in their order, and the shape of what each prints: of each row, where it prints rows.
pub(crate) const LINES: &[(&str, &str)] = &[
    ("pats whoami", "pat"),
    ("apps list --include-archived", "app"),
    ("apps list --no-include-stats", "app"),
    ("apps show {APP}", "app"),
    ("apps create --name n", "app"),
    ("apps update {APP} --description d", "app"),
    ("keys list", "key"),
    ("keys statistics", "statistics"),
    ("keys mint --name n --scopes grants:read", "key"),
    ("agents list", "agent"),
    ("agents create --name n", "agent"),
    ("agents show {AGENT}", "agent"),
    ("agents update {AGENT} --metadata {}", "agent"),
    ("agents audit {AGENT}", "action"),
    ("agents registry-list", "seen"),
    ("agents registry-show {AGENT}", "seen"),
    ("agents mint-key {AGENT}", "agent key"),
    ("agents list-keys {AGENT}", "agent key"),
    ("providers list-catalog", "catalogue"),
    ("providers list", "provider"),
    ("providers show google", "provider"),
    ("providers update google --status disabled", "provider"),
    ("managed-secrets templates", "template"),
    ("managed-secrets list", "secret"),
    ("managed-secrets show {SECRET}", "secret"),
    ("managed-secrets create --name n --credential-value v", "secret"),
    ("managed-secrets rotate {SECRET} --credential-value v", "secret"),
    ("managed-secrets set-delegation-policy {SECRET}", "secret"),
    ("managed-secrets set-allowed-hosts {SECRET} --clear", "secret"),
    ("managed-secrets access {SECRET}", "access"),
    ("managed-secrets access {SECRET} --output jsonl", "entry"),
    ("managed-secrets users", "user"),
    ("managed-secrets groups list", "group"),
    ("managed-secrets groups show 96000000-0001-4000-8000-000000000000", "group"),
    ("managed-secrets grants list {SECRET}", "secret grant"),
    ("managed-secrets grants list 5ec4e700-0001-4000-8000-000000000001", "secret grant"),
    ("managed-secrets grants list-for-agent {AGENT}", "secret grant"),
    ("managed-secrets grants create {SECRET} --principal-type system", "secret grant"),
    ("managed-secrets grants revoke --yes 9a470000-0001-4000-8000-000000000064", "secret grant"),
    ("managed-secrets delete {SECRET} --confirm stripe", "deleted"),
    ("idp discover --issuer-url https://a.okta.example", "discovery"),
    ("idp discover --issuer-url https://a.example", "discovery"),
    ("idp webhook status {IDP}", "webhook"),
    ("idp webhook rotate --yes {IDP}", "webhook"),
    ("idp webhook disable --yes {IDP}", "webhook"),
    ("policy show-app", "rule"),
    ("policy rules list --provider google", "rule"),
    (r#"policy rules create --body {"when":{"method":"GET"},"effect":"deny"}"#, "rule"),
    ("policy rules get 901c0000-0001-4000-8000-000000000000", "rule"),
    ("policy rules update 901c0000-0001-4000-8000-000000000000 --disable", "rule"),
    ("policy rules delete 901c0000-0001-4000-8000-000000000000 --yes", "deleted"),
    ("audit list --all", "event"),
    ("audit portal-actions --all", "action"),
    ("audit grant-events --all", "grant event"),
    ("audit traces --all", "trace"),
    ("audit show 7ace0000-0001-4000-8000-00000000008b", "trace"),
    ("audit threads --all", "thread"),
    ("audit thread 74ead000-0001-4000-8000-00000000000d", "thread"),
    ("audit agents --all", "principal"),
    ("audit agent {AGENT}", "principal"),
    ("audit integrity-check --start 2026-01-01 --end 2026-02-01", "integrity"),
    ("analytics api-calls", "calls"),
    ("analytics by-provider", "rows"),
    ("analytics by-app", "rows"),
    ("analytics summary", "summary"),
    ("analytics policy", "decisions"),
    ("analytics latency", "latency"),
    ("analytics errors", "errors"),
    ("analytics dashboard", "dashboard"),
    ("grants list --all", "grant"),
    ("grants revoke --yes 9a470000-0001-4000-8000-000000000000", "grant"),
    ("end-users list", "user"),
    ("end-users show 05e40000-0001-4000-8000-000000000000", "user"),
    (
        r##"branding set --replace --input {"logo_url":"https://a","colors":{"primary":"#000000","text":"#000000","background":"#000000"}}"##,
        "branding",
    ),
    ("branding get", "branding"),
    ("branding reset --yes", "deleted"),
    ("approvals defaults", "defaults"),
    ("providers delete google --yes --force", "deleted"),
    ("agents revoke --yes {AGENT}", "agent"),
    ("apps archive {APP}", "app"),
    ("apps delete {APP} --confirm Support%20Copilot", "deleted"),
];

const MARKS: [char; 9] = ['~', '?', '#', '!', '@', '[', ']', '{', '}'];

/// One of the lines, about the demo's first app.
pub(crate) fn on_the_demo(line: &str) -> Alter {
    let filled = line
        .replace("{APP}", APP)
        .replace("{AGENT}", "a9e47000-0001-4000-8000-000000000000")
        .replace("{SECRET}", "5ec4e700-0001-4000-8000-000000000000")
        .replace("{IDP}", "1d900000-0001-4000-8000-000000000000");
    let words = filled.split(' ').map(|word| word.replace("%20", " "));
    words.fold(alter([]).env("ALTER_APP_ID", APP), Alter::arg)
}

/// What is wrong with a value under a key that is written so.
fn fault(object: &Value, key: &str) -> Option<String> {
    let (optional, key) = key.strip_prefix('~').map_or((false, key), |key| (true, key));
    let (nullable, key) = key.strip_suffix('?').map_or((false, key), |key| (true, key));
    let name = key.trim_end_matches(MARKS);
    let Some(value) = object.get(name) else {
        return (!optional).then(|| format!("no {name}"));
    };
    let fits = match &key[name.len()..] {
        "#" => value.is_number(),
        "!" => value.is_boolean(),
        "@" => value
            .as_str()
            .is_some_and(|text| text.ends_with('Z') && time::parse_time(text).is_some()),
        "[]" => value.is_array(),
        "{}" => value.is_object(),
        _ => value.is_string(),
    };
    let fits = fits || nullable && value.is_null();
    (!fits).then(|| format!("{name}: {value}"))
}

fn names(shape: &str) -> impl Iterator<Item = &str> {
    shape.split(' ').map(|key| key.trim_matches(MARKS))
}

#[test]
fn every_answer_has_its_shape() {
    let portal = Portal::new(["--audit-rows=200"]);
    let mut faults = Vec::new();
    for (line, shape) in LINES {
        let run = on_the_demo(line).at(&portal);
        let jsonl = line.ends_with("jsonl");
        let run = if jsonl { run } else { run.arg("--output=json") }.run();
        let answer = if jsonl { json!(run.exits(0).lines()) } else { run.exits(0).json() };
        let rows = answer.as_array().or_else(|| answer["items"].as_array()).cloned();
        let rows = rows.unwrap_or_else(|| vec![answer]);
        let keys = SHAPES.iter().find(|(name, _)| name == shape).expect("a shape").1;
        assert!(!rows.is_empty(), "{line}: no rows");
        for row in &rows {
            let extra = row.as_object().into_iter().flat_map(serde_json::Map::keys);
            let extra = extra.filter(|key| names(keys).all(|name| name != *key));
            let extra = extra.map(|key| format!("{key} is not of it"));
            let found: Vec<_> =
                keys.split(' ').filter_map(|key| fault(row, key)).chain(extra).collect();
            if !found.is_empty() {
                faults.push(format!("{line}: {}", found.join(", ")));
            }
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
