//! Managed secrets of four types, granted to all four kinds of principals.

use super::people::{external_group_id, idp_id, user_id};
use super::timeline::Timeline;
use crate::portal::catalogues::templates;
use crate::portal::demo_ids::{APP_IDS, agent_id, numbered};
use crate::portal::manage::grants::grant::{Grant, Policy};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::managed_secrets::credential::Credential;
use crate::portal::manage::managed_secrets::secret::{DelegationPolicy, Secret, StoredSecret};
use crate::portal::secret::Sealed;

/// A secret of the demo.
struct Row {
    app: usize,
    slug: &'static str,
    name: &'static str,
    template: Option<&'static str>,
    /// The credential itself, and its other fields.
    value: &'static str,
    fields: &'static [(&'static str, &'static str)],
    account: &'static str,
    age: i64,
    grants: &'static [GrantRow],
}

/// Whom a grant is for, with its label and its age in days.
enum GrantRow {
    System(&'static str, i64),
    User(usize, &'static str, i64),
    Group(usize, &'static str, i64),
    Agent(usize, i64),
    /// An agent to which a member of a group passed its access on: the grant before this one.
    Delegated(usize, i64),
}

const SECRETS: [Row; 6] = [
    Row {
        app: 0,
        slug: "stripe",
        name: "Stripe",
        template: Some("stripe"),
        value: "demo-stripe-key",
        fields: &[],
        account: "acct_northwind",
        age: 54,
        grants: &[
            GrantRow::System("backend", 54),
            GrantRow::User(2, "refunds", 35),
            GrantRow::Agent(0, 48),
        ],
    },
    Row {
        app: 0,
        slug: "datadog",
        name: "Datadog",
        template: Some("datadog"),
        value: "demo-datadog-key",
        fields: &[("application_key", "demo-datadog-application-key")],
        account: "northwind",
        age: 47,
        grants: &[
            GrantRow::System("metrics", 47),
            GrantRow::Group(1, "on-call", 38),
            GrantRow::Delegated(2, 30),
        ],
    },
    Row {
        app: 0,
        slug: "twilio",
        name: "Twilio",
        template: Some("twilio"),
        value: "AC00demo",
        fields: &[("auth_token", "demo-twilio-token")],
        account: "Support line",
        age: 36,
        grants: &[
            GrantRow::System("sms", 36),
            GrantRow::Group(0, "support desk", 34),
            GrantRow::Agent(0, 33),
        ],
    },
    Row {
        app: 0,
        slug: "aws-reports",
        name: "AWS reports",
        template: Some("aws"),
        value: "AKIADEMO0000",
        fields: &[("secret_access_key", "demo-aws-secret"), ("region", "eu-west-1")],
        account: "reports",
        age: 28,
        grants: &[GrantRow::System("reports", 28), GrantRow::User(4, "ad hoc", 14)],
    },
    Row {
        app: 1,
        slug: "stripe",
        name: "Stripe",
        template: Some("stripe"),
        value: "demo-stripe-key-2",
        fields: &[],
        account: "acct_northwind",
        age: 22,
        grants: &[GrantRow::System("nightly", 22), GrantRow::Agent(1, 21)],
    },
    Row {
        app: 1,
        slug: "ledger",
        name: "Ledger",
        template: None,
        value: "demo-ledger-token",
        fields: &[],
        account: "books",
        age: 19,
        grants: &[GrantRow::System("nightly", 19), GrantRow::User(6, "month end", 10)],
    },
];

/// What happened to secrets and their grants.
pub(super) fn add(timeline: &mut Timeline) {
    let mut grants = 100;
    for (number, row) in SECRETS.iter().enumerate() {
        let stored = secret(timeline, number, row);
        timeline.add(stored.secret.created_at, "created", stored.clone());
        let mut last = None;
        for wanted in row.grants {
            let mut grant = grant(timeline, &stored, wanted);
            grant.id = numbered("9a470000", grants);
            grants += 1;
            if matches!(wanted, GrantRow::Delegated(..)) {
                grant.parent_grant_id = last;
                grant.policy =
                    Policy { expires_at: Some(timeline.now.plus_days(30)), ..Policy::default() };
            }
            last = Some(grant.id.clone());
            timeline.grant(grant);
        }
    }
}

fn secret(timeline: &Timeline, number: usize, row: &Row) -> StoredSecret {
    let template = row.template.and_then(templates::find);
    let kind = template.map_or("header_key", |template| &template.credential_type);
    let blank = Secret::blank(kind, timeline.ago(row.age));
    let hosts = || vec![format!("{}.northwind.example", row.slug)];
    let secret = Secret {
        id: numbered("5ec4e700", number),
        slug: row.slug.to_owned(),
        name: row.name.to_owned(),
        template_id: template.map(|template| template.id.clone()),
        injection_header: template
            .map_or("X-Ledger-Key".to_owned(), |one| one.injection_header.clone()),
        injection_format: template.map_or("{token}".to_owned(), |one| one.injection_format.clone()),
        allowed_hosts: template.map_or_else(hosts, |template| template.allowed_hosts.clone()),
        account_identifier: Some(row.account.to_owned()),
        delegation_policy: DelegationPolicy {
            allow_group_delegation: row.slug == "datadog",
            ..DelegationPolicy::default()
        },
        ..blank
    };
    let fields = row.fields.iter().map(|(name, value)| ((*name).to_owned(), Sealed::new(*value)));
    let credential = Credential { value: Some(Sealed::new(row.value)), fields: fields.collect() };
    StoredSecret { app_id: APP_IDS[row.app].to_owned(), secret, credential }
}

fn grant(timeline: &Timeline, stored: &StoredSecret, wanted: &GrantRow) -> Grant {
    let (principal, label, age) = match *wanted {
        GrantRow::System(label, age) => (Principal::System, Some(label), age),
        GrantRow::User(number, label, age) => {
            (Principal::User { app_user_id: user_id(number) }, Some(label), age)
        }
        GrantRow::Group(number, label, age) => {
            let external_group_id = external_group_id(number).to_owned();
            (Principal::Group { idp_id: idp_id(0), external_group_id }, Some(label), age)
        }
        GrantRow::Agent(number, age) | GrantRow::Delegated(number, age) => {
            (Principal::Agent { agent_id: agent_id(number) }, None, age)
        }
    };
    let grant = Grant::new(&stored.app_id, stored.target(), principal, timeline.ago(age));
    Grant { label: label.map(str::to_owned), last_used_at: Some(timeline.now.plus(-5400)), ..grant }
}
