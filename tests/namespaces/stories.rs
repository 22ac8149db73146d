//! Agents, providers, secrets and identity providers from their making to their end, through both binaries.

use super::cases::story;
use crate::support::{APP, Portal};

#[test]
fn an_agent() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    story(
        &portal,
        &app,
        &[
            ("agents list", 0, "ID  NAME  DISPLAY NAME  TYPE  STATUS  LAST USED\n", ""),
            (
                "agents create --name sync --type service --display-name 'Nightly Sync' --scopes {\"google\":[\"openid\"]}",
                0,
                "\"api_key\": \"alter_key_",
                "AGENT=/id",
            ),
            ("agents create --name sync", 5, "alter: conflict: ", ""),
            (
                "agents create --name mailer --secret-file mailer",
                0,
                "\"api_key\": \"mailer\"",
                "MAILER=/id",
            ),
            (
                "agents create --name other --secret-file mailer",
                5,
                "exists already; nothing was created",
                "",
            ),
            (
                "agents list --type service --provider google --search NIGHT",
                0,
                "{AGENT}  sync  Nightly Sync  service  active  -\n",
                "",
            ),
            ("agents list --limit 1 --output json", 0, "\"name\": \"mailer\"", ""),
            ("agents show {AGENT}", 0, "\"openid\"", ""),
            ("agents show nope", 4, "alter: not found: ", ""),
            (
                "agents update {AGENT} --metadata {\"team\":\"ops\"} --display-name Sync",
                0,
                "\"team\": \"ops\"",
                "",
            ),
            ("agents mint-key {AGENT}", 0, "\"name\": \"sync-2\"", "KEY=/key_id"),
            ("agents list-keys {AGENT}", 0, "{KEY}  sync-2  alter_key_", ""),
            ("agents deprecate-key --agent {AGENT} --key {KEY}", 0, "\"deprecated_at\": \"20", ""),
            ("agents list-keys {AGENT}", 0, "  deprecated  ", ""),
            (
                "agents undeprecate-key --agent {AGENT} --key {KEY}",
                0,
                "\"deprecated_at\": null",
                "",
            ),
            ("agents revoke-key --agent {AGENT} --key {KEY} --yes", 0, "\"revoked_at\": \"20", ""),
            ("agents revoke-key --agent {AGENT} --key {KEY} --yes", 5, "alter: conflict: ", ""),
            ("agents list-keys {MAILER} --fields key_id,name", 0, "\"name\": \"mailer-1\"", ""),
            ("agents mint-key {MAILER} --fields key_id,api_key", 0, "alter_key_", "LAST=/key_id"),
            ("agents revoke {AGENT} --yes", 0, "\"status\": \"revoked\"", ""),
            ("agents list --status revoked,inactive", 0, "{AGENT}  sync", ""),
            ("agents mint-key {AGENT}", 5, "alter: conflict: ", ""),
            ("agents audit {AGENT}", 0, "  agent.revoked", ""),
            ("agents audit {AGENT} --output json --limit 1", 0, "\"has_more\": true", ""),
            ("agents registry-list", 0, "ACTOR ID  NAME  TYPE  LAST ACTIVITY  30D COUNT\n", ""),
            ("agents registry-show --agent {AGENT}", 4, "alter: not found: ", ""),
        ],
    );
}

#[test]
fn the_only_key_of_an_agent() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    story(
        &portal,
        &app,
        &[
            ("agents create --name sync", 0, "alter_key_", "AGENT=/id"),
            ("agents list-keys {AGENT} --output json", 0, "\"revoked_at\": null", "KEY=/0/key_id"),
            (
                "agents revoke-key --agent {AGENT} --key {KEY} --yes",
                5,
                "  fix: repeat with --force",
                "",
            ),
            (
                "agents revoke-key --agent {AGENT} --key {KEY} --yes --force",
                0,
                "\"revoked_at\": \"20",
                "",
            ),
        ],
    );
}

#[test]
fn a_provider() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    story(
        &portal,
        &app,
        &[
            ("providers list-catalog", 0, "\ngoogle  ", ""),
            ("providers list", 0, "PROVIDER  STATUS  SOURCE  SCOPES  GRANTS  UPDATED\n", ""),
            (
                "providers create google --scopes email --client-id c --client-secret @secret --redirect-uri https://a.example/cb",
                2,
                "alter: the portal refused the input: scopes: ",
                "",
            ),
            (
                "providers configure google --scopes openid,email --client-id c --client-secret @secret --redirect-uri https://a.example/cb,http://localhost:9/cb",
                0,
                "\"client_id\": \"c\"",
                "",
            ),
            (
                "providers create google --scopes openid --credential-source shared_dev",
                5,
                "alter: conflict: ",
                "",
            ),
            (
                "providers create nope --scopes a --credential-source shared_dev",
                2,
                "provider_id",
                "",
            ),
            ("providers list", 0, "google    active  custom  openid,email  0       20", ""),
            ("providers show google", 0, "\"http://localhost:9/cb\"", ""),
            ("providers update google --status disabled", 0, "\"status\": \"disabled\"", ""),
            (
                "providers update google --status active --client-secret @secret",
                0,
                "\"status\": \"active\"",
                "",
            ),
            ("providers update google --scopes openid", 0, "\"kind\": \"scopes_narrowed\"", ""),
            ("providers delete google --yes", 0, "\"deleted\": true", ""),
            ("providers show google", 4, "alter: not found: ", ""),
        ],
    );
    // The demo's have grants.
    story(
        &Portal::new([]),
        APP,
        &[
            ("providers delete google --yes", 5, "  fix: repeat with --force", ""),
            ("providers delete google --yes --force", 0, "\"deleted\": true", ""),
        ],
    );
}

#[test]
fn a_secret() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    story(
        &portal,
        &app,
        &[
            ("managed-secrets templates", 0, "\nopenai  ", ""),
            (
                "managed-secrets create --name OpenAI --template openai --credential-value @secret",
                0,
                "\"slug\": \"openai\"",
                "SECRET=/id",
            ),
            (
                "managed-secrets create --name openai --credential-value @secret --input {}",
                2,
                "--input: replaces --name",
                "",
            ),
            (
                "managed-secrets create --name openai --credential-value @secret",
                0,
                "\"slug\": \"openai-2\"",
                "",
            ),
            (
                "managed-secrets create --name aws --template aws --credential-field access_key_id=AKIA --credential-field region=r",
                2,
                "secret_access_key",
                "",
            ),
            (
                "managed-secrets create --name aws --credential-type aws_sig_v4 --credentials {\"access_key_id\":\"AKIA\",\"secret_access_key\":\"k\",\"region\":\"r\"}",
                0,
                "\"credential_type\": \"aws_sig_v4\"",
                "",
            ),
            ("managed-secrets list", 0, "{SECRET}  openai    OpenAI", ""),
            ("managed-secrets show {SECRET}", 0, "\"template_id\": \"openai\"", ""),
            ("managed-secrets show nope", 4, "alter: not found: ", ""),
            (
                "managed-secrets rotate {SECRET} --credential-value @secret",
                0,
                "\"rotated_at\": \"20",
                "",
            ),
            (
                "managed-secrets set-delegation-policy {SECRET} --allow-group-delegation --max-delegation-ttl-days 30",
                0,
                "\"max_delegation_ttl_days\": 30",
                "",
            ),
            (
                "managed-secrets set-delegation-policy {SECRET}",
                0,
                "\"max_delegation_ttl_days\": 90",
                "",
            ),
            (
                "managed-secrets set-allowed-hosts {SECRET} --host A.example,*.b.example",
                0,
                "\"a.example\",\n    \"*.b.example\"",
                "",
            ),
            ("managed-secrets set-allowed-hosts {SECRET} --clear", 0, "\"allowed_hosts\": []", ""),
            ("managed-secrets access {SECRET}", 0, "the app    system  system  ", ""),
            ("managed-secrets access {SECRET} --output json", 0, "\"system\": 1", ""),
            ("managed-secrets delete {SECRET} --confirm OpenAI", 5, "alter: conflict: ", ""),
            ("managed-secrets delete {SECRET} --confirm openai", 0, "\"deleted\": true", ""),
            ("managed-secrets show {SECRET}", 4, "alter: not found: ", ""),
        ],
    );
}

#[test]
fn users_and_groups() {
    story(
        &Portal::new([]),
        APP,
        &[
            (
                "managed-secrets users --search ana --output json",
                0,
                "@northwind.example",
                "IDP=/0/idp_id",
            ),
            (
                "managed-secrets groups list --idp {IDP} --search fin --output json",
                0,
                "",
                "GROUP=/0/id",
            ),
            ("managed-secrets users --idp {IDP} --limit 1", 0, "  {IDP}  ", ""),
            (
                "managed-secrets groups show {GROUP} --member-limit 1",
                0,
                "\"members\": {\n    \"items\": [",
                "",
            ),
            ("managed-secrets groups show nope", 4, "alter: not found: ", ""),
        ],
    );
}

#[test]
fn grants_to_each_type_of_principal() {
    story(
        &Portal::new([]),
        APP,
        &[
            (
                "managed-secrets users --search ana --output json",
                0,
                "@northwind.example",
                "USER=/0/id",
            ),
            ("managed-secrets users --search ana --output json", 0, "", "IDP=/0/idp_id"),
            (
                "managed-secrets groups list --search fin --output json",
                0,
                "",
                "EXTERNAL=/0/external_group_id",
            ),
            ("agents list --status active --output json", 0, "", "AGENT=/0/id"),
            ("managed-secrets create --name n --credential-value @secret", 0, "", "SECRET=/id"),
            (
                "managed-secrets grants create {SECRET} --principal-type user --app-user-id {USER} --label ana --expires-at 2099-01-01",
                0,
                "\"expires_at\": \"2099-01-01T00:00:00Z\"",
                "GRANT=/id",
            ),
            (
                "managed-secrets grants create {SECRET} --principal-type user --app-user-id {USER} --label ana",
                5,
                "alter: conflict: ",
                "",
            ),
            (
                "managed-secrets grants create {SECRET} --principal-type user --app-user-id {SECRET} --label b",
                4,
                "alter: not found: ",
                "",
            ),
            (
                "managed-secrets grants create {SECRET} --principal-type group --idp-id {IDP} --external-group-id {EXTERNAL} --label g",
                0,
                "\"external_group_id\": \"{EXTERNAL}\"",
                "",
            ),
            (
                "managed-secrets grants create {SECRET} --principal-type agent --agent-id {AGENT} --description d",
                0,
                "\"description\": \"d\"",
                "",
            ),
            (
                "managed-secrets grants create {SECRET} --principal-type system --label s --grant-policy {\"max_ttl_seconds\":60}",
                0,
                "\"max_ttl_seconds\": 60",
                "",
            ),
            (
                "managed-secrets grants list {SECRET}",
                0,
                "{GRANT}  {USER}  user    ana    active  2099-01-01 00:00Z  -\n",
                "",
            ),
            ("managed-secrets grants list-for-agent {AGENT}", 0, "  {AGENT}  agent  ", ""),
            ("managed-secrets access {SECRET}", 0, "  group   ", ""),
            (
                "managed-secrets access {SECRET} --output jsonl --fields path,grant_id",
                0,
                "{\"path\":\"direct\",\"grant_id\":\"{GRANT}\"}\n",
                "",
            ),
            (
                "managed-secrets grants update {GRANT} --label renamed",
                0,
                "\"label\": \"renamed\"",
                "",
            ),
            (
                "managed-secrets grants update {GRANT} --expires-at 2098-01-01",
                0,
                "\"expires_at\": \"2098-01-01T00:00:00Z\"",
                "",
            ),
            ("managed-secrets grants revoke {GRANT} --yes", 0, "\"status\": \"revoked\"", ""),
            ("managed-secrets grants revoke {GRANT} --yes", 5, "alter: conflict: ", ""),
            ("managed-secrets grants update {GRANT} --label x", 5, "alter: conflict: ", ""),
            ("managed-secrets grants revoke nope --yes", 4, "alter: not found: ", ""),
        ],
    );
}

#[test]
fn an_identity_provider() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    story(
        &portal,
        &app,
        &[
            (
                "identity-providers discover --issuer-url https://acme.okta.com",
                0,
                "\"provider_type\": \"okta\"",
                "",
            ),
            ("idp discover --issuer-url https://x.invalid", 2, "issuer_url: ", ""),
            (
                "idp create --issuer-url https://accounts.google.com",
                2,
                "alter: the portal refused the input: ",
                "",
            ),
            (
                "idp create --issuer-url https://acme.okta.com --user-id-claim sub --audience https://api --wallet-client-id c --wallet-client-secret @secret",
                0,
                "\"wallet_enabled\": true",
                "IDP=/id",
            ),
            ("idp create --issuer-url https://acme.okta.com", 5, "alter: conflict: ", ""),
            ("idp webhook status {IDP}", 0, "\"enabled\": false", ""),
            ("idp webhook enable {IDP}", 2, "alter: the portal refused the input: secret: ", ""),
            ("idp webhook enable {IDP} --secret @secret", 0, "\"secret\": \"sk-0123456789\"", ""),
            ("idp webhook enable {IDP} --secret @secret", 5, "alter: conflict: ", ""),
            ("idp webhook rotate {IDP} --yes --secret-file new", 0, "\"secret\": \"new\"", ""),
            ("idp webhook status {IDP}", 0, "\"enabled\": true", ""),
            (
                "idp webhook status {IDP} --fields endpoint_url",
                0,
                "\"endpoint_url\": \"{PORTAL}/webhooks/{IDP}\"",
                "",
            ),
            ("idp webhook disable {IDP} --yes", 0, "\"enabled\": false", ""),
            ("idp webhook disable {IDP} --yes", 5, "alter: conflict: ", ""),
            ("idp webhook rotate {IDP} --yes", 5, "alter: conflict: ", ""),
            ("idp webhook status nope", 4, "alter: not found: ", ""),
        ],
    );
}
