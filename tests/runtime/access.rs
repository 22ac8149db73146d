//! Whom the portal lists as able to use a secret is whom it lets use it, and nobody else.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::signed::post;
use crate::support::{APP, Alter, Portal, alter};

/// The demo's secrets of this app; their grants are of all kinds.
const SECRETS: [&str; 4] = [
    "5ec4e700-0001-4000-8000-000000000000",
    "5ec4e700-0001-4000-8000-000000000001",
    "5ec4e700-0001-4000-8000-000000000002",
    "5ec4e700-0001-4000-8000-000000000003",
];
const AGENTS: [&str; 2] =
    ["a9e47000-0001-4000-8000-000000000000", "a9e47000-0001-4000-8000-000000000002"];
/// Takes away the demo's rule that keeps an agent from working by night.
const TRIAGE_BY_DAY: &str = "policy rules delete --yes --agent a9e47000-0001-4000-8000-000000000002 --rule 901c0000-0001-4000-8000-000000000002";

/// What is done one after the other, and by how many pairs of a grant and its user each changes who can do what.
const CHANGES: &[(&str, i64)] = &[
    ("managed-secrets set-delegation-policy 5ec4e700-0001-4000-8000-000000000001", -1),
    (
        "managed-secrets set-delegation-policy 5ec4e700-0001-4000-8000-000000000001 --allow-group-delegation",
        1,
    ),
    // A group's, with what a member of it passed on.
    ("managed-secrets grants revoke --yes 9a470000-0001-4000-8000-000000000068", -2),
    // The app's own, a user's.
    ("managed-secrets grants revoke --yes 9a470000-0001-4000-8000-000000000064", -1),
    ("grants revoke --yes --grant 9a470000-0001-4000-8000-000000000065", -1),
    (
        "managed-secrets grants create 5ec4e700-0001-4000-8000-000000000003 --principal-type agent --agent-id a9e47000-0001-4000-8000-000000000002",
        1,
    ),
    ("agents revoke --yes a9e47000-0001-4000-8000-000000000000", -2),
];

fn run(portal: &Portal, line: &str) -> Value {
    let bare = alter(["--output=json", "--app", APP]).at(portal);
    line.split(' ').fold(bare, Alter::arg).run().exits(0).json()
}

/// Each grant with whom it is listed for: an agent, or the app for itself, its users and its groups.
fn listed(portal: &Portal) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for secret in SECRETS {
        let access = run(portal, &format!("managed-secrets access {secret}"));
        for entry in access["entries"].as_array().expect("entries") {
            let who = &entry["principal"];
            let agent = who["id"].as_str().filter(|_| who["type"] == "agent");
            let grant = entry["grant_id"].as_str().expect("an id");
            pairs.insert((grant.to_owned(), agent.unwrap_or(APP).to_owned()));
        }
    }
    pairs
}

/// Each grant with whose key is let in with it.
fn used(portal: &Portal, keys: &[(&str, String)]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for secret in SECRETS {
        let grants = run(portal, &format!("managed-secrets grants list {secret}"));
        for grant in grants.as_array().expect("grants") {
            let url = format!("{}/provider/any", portal.base_url);
            let call = json!({ "method": "GET", "url": url, "grant_id": grant["id"] });
            for (who, key) in keys {
                let said = post(key, "/sdk/proxy", &call).sign().send(portal).status;
                // The portal's own provider is no place for a credential of AWS: let in, and 502.
                if matches!(said, 200 | 502) {
                    pairs.insert((grant["id"].as_str().expect("an id").into(), (*who).into()));
                }
            }
        }
    }
    pairs
}

#[test]
fn the_listed_principals_are_those_that_can_use_the_secret() {
    let portal = Portal::new([]);
    let key = |line: &str| run(&portal, line)["api_key"].as_str().expect("a key").to_owned();
    let of_agent = |agent| (agent, key(&format!("agents mint-key {agent}")));
    let of_app = (APP, key("keys mint --name k --scopes proxy:execute"));
    // What rules forbid is another matter.
    run(&portal, TRIAGE_BY_DAY);
    let keys: Vec<_> = [of_app].into_iter().chain(AGENTS.map(of_agent)).collect();
    let mut before = listed(&portal);
    assert_eq!(used(&portal, &keys), before);
    for (change, by) in CHANGES {
        run(&portal, change);
        let now = listed(&portal);
        let count = |pairs: &BTreeSet<_>| i64::try_from(pairs.len()).expect("few");
        assert_eq!(count(&now) - count(&before), *by, "{change}");
        assert_eq!(used(&portal, &keys), now, "{change}");
        before = now;
    }
}
