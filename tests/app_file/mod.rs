//! `alter plan`, `apply` and `export`: the app file against a real portal, and every fault that a file can have.

mod apply;
mod export;
mod faults;

use std::path::Path;

use crate::support::{Alter, Home, Portal, alter};

/// An app with something of every kind.
pub(crate) const SHOP: &str = r##"version: 1
app:
  name: Shop
  description: Sells things
providers:
  github:
    scopes: [repo, "read:user"]
    client_id: Iv1.1234
    client_secret: {secret: github}
    redirect_uris: [https://shop.example/callback]
identity_provider:
  issuer_url: https://acme.okta.com
agents:
  billing: {type: service, display_name: Billing, metadata: {team: finance}}
managed_secrets:
  stripe:
    name: Stripe
    template: stripe
    credential: {secret: stripe}
    allowed_hosts: [API.stripe.com]
    delegation: {allow_group_delegation: true, max_delegation_ttl_days: 30}
    grants:
      for-billing: {agent: billing, expires_at: 2099-01-01T00:00:00+02:00}
      everyone: {system: true}
keys:
  worker: {scopes: ["tokens:retrieve", "audit:emit"], cidr_allowlist: [10.0.0.0/8], expires_in: 90d}
rules:
  app:
    Office only: {type: ip_allowlist, body: {allow: [192.0.2.0/24]}}
  agents: {billing: {Read only: {body: {when: {method: POST, environment: 1.10}, effect: deny}}}}
  providers: {github: {Nothing is deleted: {body: {when: {method: DELETE}, effect: deny}}}}
  grants: {stripe/for-billing: {By day: {type: time_window, body: {weekdays_only: true}, enabled: false}}}
branding: {logo_url: https://shop.example/logo.png, colors: {primary: "#112233", text: "#000000", background: "#ffffff"}}
"##;

/// Runs a verb on `alter.yaml` of a home, with the credentials that the shop needs.
pub(crate) fn run<const N: usize>(words: [&str; N], portal: &Portal, home: &Home) -> Alter {
    alter(words)
        .at(portal)
        .cwd(home.path())
        .env("ALTER_SECRET_GITHUB", "gh-credential-of-the-shop")
        .env("ALTER_SECRET_STRIPE", "sk-credential-of-the-shop")
}

/// A home with the shop's file and a folder for secrets.
pub(crate) fn shop() -> Home {
    let home = Home::new();
    home.write("alter.yaml", SHOP);
    home.folder("secrets");
    home
}

/// Returns the names of the files in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
