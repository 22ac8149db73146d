//! Every answer has all the keys of its shape, each of its type, and no others, as `alter-portal --openapi` says.

use serde_json::json;

use crate::support::{APP, Alter, OpenApi, Portal, alter};

/// Lines in their order, and the shape of what each prints, by its name in OpenAPI: of each row, where it prints rows.
pub(crate) const LINES: &[(&str, &str)] = &[
    ("pats whoami", "PAT"),
    ("apps list --include-archived", "App"),
    ("apps list --no-include-stats", "App"),
    ("apps show {APP}", "App"),
    ("apps create --name n", "App"),
    ("apps update {APP} --description d", "App"),
    ("keys list", "Key"),
    ("keys statistics", "KeyStatistics"),
    ("keys mint --name n --scopes grants:read", "MintedKey"),
    ("agents list", "Agent"),
    ("agents create --name n", "CreatedAgent"),
    ("agents show {AGENT}", "Agent"),
    ("agents update {AGENT} --metadata {}", "Agent"),
    ("agents audit {AGENT}", "PortalAction"),
    ("agents registry-list", "RegistryEntry"),
    ("agents registry-show {AGENT}", "RegistryEntry"),
    ("agents mint-key {AGENT}", "MintedAgentKey"),
    ("agents list-keys {AGENT}", "AgentKey"),
    ("providers list-catalog", "CatalogProvider"),
    ("providers list", "ProviderConfig"),
    ("providers show google", "ProviderConfig"),
    ("providers update google --status disabled", "ProviderConfig"),
    ("managed-secrets templates", "Template"),
    ("managed-secrets list", "Secret"),
    ("managed-secrets show {SECRET}", "Secret"),
    ("managed-secrets create --name n --credential-value v", "CreatedSecret"),
    ("managed-secrets rotate {SECRET} --credential-value v", "Secret"),
    ("managed-secrets set-delegation-policy {SECRET}", "Secret"),
    ("managed-secrets set-allowed-hosts {SECRET} --clear", "Secret"),
    ("managed-secrets access {SECRET}", "Access"),
    ("managed-secrets access {SECRET} --output jsonl", "AccessEntry"),
    ("managed-secrets users", "User"),
    ("managed-secrets groups list", "Group"),
    ("managed-secrets groups show 96000000-0001-4000-8000-000000000000", "GroupDetails"),
    ("managed-secrets grants list {SECRET}", "SecretGrant"),
    ("managed-secrets grants list 5ec4e700-0001-4000-8000-000000000001", "SecretGrant"),
    ("managed-secrets grants list-for-agent {AGENT}", "SecretGrant"),
    ("managed-secrets grants create {SECRET} --principal-type system", "SecretGrant"),
    ("managed-secrets grants revoke --yes 9a470000-0001-4000-8000-000000000064", "SecretGrant"),
    ("managed-secrets delete {SECRET} --confirm stripe", "Deleted"),
    ("idp discover --issuer-url https://a.okta.example", "Discovery"),
    ("idp discover --issuer-url https://a.example", "Discovery"),
    ("idp webhook status {IDP}", "Webhook"),
    ("idp webhook rotate --yes {IDP}", "WebhookSecret"),
    ("idp webhook disable --yes {IDP}", "Webhook"),
    ("policy show-app", "Rule"),
    ("policy rules list --provider google", "Rule"),
    (r#"policy rules create --body {"when":{"method":"GET"},"effect":"deny"}"#, "Rule"),
    ("policy rules get 901c0000-0001-4000-8000-000000000000", "Rule"),
    ("policy rules update 901c0000-0001-4000-8000-000000000000 --disable", "Rule"),
    ("policy rules delete 901c0000-0001-4000-8000-000000000000 --yes", "Deleted"),
    ("audit list --all", "AuditEvent"),
    ("audit portal-actions --all", "PortalAction"),
    ("audit grant-events --all", "GrantEvent"),
    ("audit traces --all", "TraceSummary"),
    ("audit show 7ace0000-0001-4000-8000-00000000008b", "Trace"),
    ("audit threads --all", "ThreadSummary"),
    ("audit thread 74ead000-0001-4000-8000-00000000000d", "Thread"),
    ("audit agents --all", "Principal"),
    ("audit agent {AGENT}", "Principal"),
    ("audit integrity-check --start 2026-01-01 --end 2026-02-01", "Integrity"),
    ("analytics api-calls", "ApiCalls"),
    ("analytics by-provider", "ByProvider"),
    ("analytics by-app", "ByApp"),
    ("analytics summary", "AnalyticsSummary"),
    ("analytics policy", "PolicyCounts"),
    ("analytics latency", "Latency"),
    ("analytics errors", "ErrorCounts"),
    ("analytics dashboard", "DashboardCounts"),
    ("grants list --all", "Grant"),
    ("grants revoke --yes 9a470000-0001-4000-8000-000000000000", "Grant"),
    ("end-users list", "User"),
    ("end-users show 05e40000-0001-4000-8000-000000000000", "User"),
    (
        r##"branding set --replace --input {"logo_url":"https://a","colors":{"primary":"#000000","text":"#000000","background":"#000000"}}"##,
        "Branding",
    ),
    ("branding get", "Branding"),
    ("branding reset --yes", "Deleted"),
    ("approvals defaults", "ApprovalDefaults"),
    ("providers delete google --yes --force", "Deleted"),
    ("agents revoke --yes {AGENT}", "Agent"),
    ("apps archive {APP}", "App"),
    ("apps delete {APP} --confirm Support%20Copilot", "Deleted"),
];

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
        assert!(!rows.is_empty(), "{line}: no rows");
        for row in &rows {
            let mut row = row.clone();
            if *line == "pats whoami" {
                for key in ["source", "base_url", "profile"] {
                    assert!(row.as_object_mut().unwrap().remove(key).is_some(), "{line}: no {key}");
                }
            }
            let found = OpenApi::of_the_portal().faults_of(shape, &row);
            faults.extend(found.iter().map(|fault| format!("{line}: {fault}")));
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
