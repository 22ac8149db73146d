//! The tables of the front page, a line each.

use Shown::{Code, Link, List, State as Status, Text, Time};

use crate::portal::audit::{AuditEvent, Log};
use crate::portal::instance::Portal;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::agents::keys::StoredAgentKey;
use crate::portal::manage::apps::App;
use crate::portal::manage::end_users::group::Group;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::identity_providers::provider::IdentityProvider;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::policy::{StoredRule, Target};
use crate::portal::portal_actions::PortalAction;
use crate::portal::sdk::approvals::Approval;
use crate::portal::store::Row;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// How many of the last calls and changes are shown.
const LAST: usize = 20;

/// How a cell is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    Text,
    /// An id, a prefix: something that is copied.
    Code,
    /// Several of them, on several lines where they need it.
    List,
    /// Coloured as its meaning is.
    State,
    /// RFC 3339.
    Time,
    /// A path of the portal's own.
    Link,
}

/// A table: its title, its columns, and its rows, with an empty text where there is nothing.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) columns: &'static [(&'static str, Shown)],
    pub(super) rows: fn(&View<'_>) -> Vec<Vec<String>>,
}

pub(super) const SECTIONS: &[Section] = &[
    Section {
        title: "Apps",
        columns: &[("Name", Text), ("Id", Code), ("Status", Status), ("Created", Time)],
        rows: |view| view.rows(app),
    },
    Section {
        title: "Keys",
        columns: &[
            ("Name", Text),
            ("App", Text),
            ("Prefix", Code),
            ("Scopes", List),
            ("Status", Status),
            ("Created", Time),
        ],
        rows: |view| view.rows(key),
    },
    Section {
        title: "Agents",
        columns: &[
            ("Name", Text),
            ("Id", Code),
            ("App", Text),
            ("Status", Status),
            ("Created", Time),
        ],
        rows: |view| view.rows(agent),
    },
    Section {
        title: "Agent keys",
        columns: &[
            ("Name", Text),
            ("Id", Code),
            ("App", Text),
            ("Prefix", Code),
            ("Status", Status),
        ],
        rows: |view| view.rows(agent_key),
    },
    Section {
        title: "Providers",
        columns: &[("Provider", Text), ("App", Text), ("Scopes", List), ("Status", Status)],
        rows: |view| view.rows(provider),
    },
    Section {
        title: "Managed secrets",
        columns: &[
            ("Name", Text),
            ("Slug", Code),
            ("App", Text),
            ("Type", Text),
            ("Hosts", List),
            ("Created", Time),
        ],
        rows: |view| view.rows(secret),
    },
    Section {
        title: "Grants",
        columns: &[
            ("Id", Code),
            ("App", Text),
            ("Gives access to", Text),
            ("Principal", Text),
            ("Status", Status),
            ("Created", Time),
        ],
        rows: |view| view.rows(grant),
    },
    Section {
        title: "End users",
        columns: &[
            ("E-mail", Text),
            ("Id", Code),
            ("App", Text),
            ("Status", Status),
            ("Created", Time),
        ],
        rows: |view| view.rows(user),
    },
    Section {
        title: "Groups",
        columns: &[
            ("Name", Text),
            ("Id", Code),
            ("App", Text),
            ("Id at the issuer", Code),
            ("Members", Text),
        ],
        rows: |view| view.rows(group),
    },
    Section {
        title: "Identity providers",
        columns: &[
            ("Issuer", Text),
            ("Id", Code),
            ("App", Text),
            ("Type", Text),
            ("Webhook", Status),
        ],
        rows: |view| view.rows(identity_provider),
    },
    Section {
        title: "Policy rules",
        columns: &[
            ("Name", Text),
            ("Id", Code),
            ("App", Text),
            ("Type", Code),
            ("Target", List),
            ("Status", Status),
        ],
        rows: |view| view.rows(rule),
    },
    Section {
        title: "Calls that wait",
        columns: &[
            ("Call", List),
            ("App", Text),
            ("Asked by", Text),
            ("Until", Time),
            ("Decision", Link),
        ],
        rows: waiting,
    },
    Section {
        title: "Last changes",
        columns: &[
            ("Time", Time),
            ("Action", Code),
            ("Principal", Text),
            ("Resource", Text),
            ("Id", Code),
            ("App", Text),
        ],
        rows: |view| view.latest(action),
    },
    Section {
        title: "Last runtime calls",
        columns: &[
            ("Time", Time),
            ("Action", Code),
            ("App", Text),
            ("Actor", Text),
            ("Provider", Text),
            ("Decision", Status),
            ("Status", Status),
        ],
        rows: |view| view.calls.iter().map(|event| call(view, event)).collect(),
    },
];

/// What the rows are made from.
pub(super) struct View<'a> {
    state: &'a State,
    calls: Vec<AuditEvent>,
    now: Stamp,
}

impl<'a> View<'a> {
    /// The state of a portal at a time.
    pub(super) fn of(portal: &Portal, state: &'a State, now: Stamp) -> Self {
        Self { state, calls: Log::of(&state.tables, &portal.computed).latest(LAST), now }
    }

    /// A row for each of a table, newest first.
    fn rows<R: Row>(&self, row: fn(&Self, &R) -> Vec<String>) -> Vec<Vec<String>> {
        self.state.tables.of().iter().rev().map(|stored| row(self, stored)).collect()
    }

    /// The same for the last few.
    fn latest<R: Row>(&self, row: fn(&Self, &R) -> Vec<String>) -> Vec<Vec<String>> {
        self.state.tables.of().iter().rev().take(LAST).map(|stored| row(self, stored)).collect()
    }

    /// The name of an app, or its id when it is gone.
    fn app(&self, id: &str) -> String {
        let app = self.state.tables.of::<App>().get(id);
        app.map_or_else(|| id.to_owned(), |app| app.name.clone())
    }

    fn principal(&self, principal: &Principal) -> String {
        let tables = &self.state.tables;
        match principal {
            Principal::User { app_user_id: id } => {
                let email = tables.of::<User>().get(id).and_then(|user| user.email.clone());
                email.unwrap_or_else(|| format!("user {id}"))
            }
            Principal::Group { external_group_id, .. } => format!("group {external_group_id}"),
            Principal::Agent { agent_id: id } => {
                let stored = tables.of::<StoredAgent>().get(id);
                format!("agent {}", stored.map_or(id, |stored| &stored.agent.name))
            }
            Principal::System => "the app".to_owned(),
        }
    }
}

/// Every approval that a call waits for.
fn waiting(view: &View) -> Vec<Vec<String>> {
    let approvals = view.state.tables.of::<Approval>().iter();
    let waits = approvals.filter(|approval| approval.is_pending());
    let open = waits.flat_map(|approval| approval.open().map(move |gate| (approval, gate)));
    open.map(|(approval, (id, until))| {
        let (called, by) = (approval.call(), approval.asked_by());
        let app = approval.app_id().map(|id| view.app(id)).unwrap_or_default();
        vec![called, app, by, until.to_string(), format!("/approvals/{id}")]
    })
    .collect()
}

fn app(_: &View, app: &App) -> Vec<String> {
    vec![app.name.clone(), app.id.clone(), app.status.clone(), app.created_at.to_string()]
}

fn key(view: &View, stored: &StoredKey) -> Vec<String> {
    vec![
        stored.key.name.clone(),
        view.app(&stored.app_id),
        format!("{}…", stored.key.prefix),
        stored.key.scopes.join(" "),
        stored.status(view.now).to_owned(),
        stored.key.created_at.to_string(),
    ]
}

fn agent(view: &View, stored: &StoredAgent) -> Vec<String> {
    let agent = &stored.agent;
    vec![
        agent.name.clone(),
        agent.id.clone(),
        view.app(&stored.app_id),
        agent.status.clone(),
        agent.created_at.to_string(),
    ]
}

fn agent_key(view: &View, stored: &StoredAgentKey) -> Vec<String> {
    vec![
        stored.key.name.clone(),
        stored.key.key_id.clone(),
        view.app(&stored.app_id),
        format!("{}…", stored.key.key_prefix),
        stored.key.status().to_owned(),
    ]
}

fn provider(view: &View, stored: &StoredProvider) -> Vec<String> {
    vec![
        stored.config.provider_id.clone(),
        stored.app_id().map(|id| view.app(id)).unwrap_or_default(),
        stored.config.scopes.join(" "),
        stored.config.status.clone(),
    ]
}

fn secret(view: &View, stored: &StoredSecret) -> Vec<String> {
    let secret = &stored.secret;
    vec![
        secret.name.clone(),
        secret.slug.clone(),
        view.app(&stored.app_id),
        secret.credential_type.clone(),
        secret.allowed_hosts.join(" "),
        secret.created_at.to_string(),
    ]
}

fn grant(view: &View, grant: &Grant) -> Vec<String> {
    vec![
        grant.id.clone(),
        view.app(&grant.app_id),
        grant.provider_id().to_owned(),
        view.principal(&grant.principal),
        grant.status(view.now).to_owned(),
        grant.created_at.to_string(),
    ]
}

fn user(view: &View, user: &User) -> Vec<String> {
    vec![
        user.email.clone().unwrap_or_default(),
        user.id.clone(),
        view.app(&user.app_id),
        user.status.clone(),
        user.created_at.to_string(),
    ]
}

fn group(view: &View, group: &Group) -> Vec<String> {
    vec![
        group.name.clone(),
        group.id.clone(),
        view.app(&group.app_id),
        group.external_group_id.clone(),
        group.members(&view.state.tables).count().to_string(),
    ]
}

fn identity_provider(view: &View, provider: &IdentityProvider) -> Vec<String> {
    vec![
        provider.issuer.clone(),
        provider.id.clone(),
        view.app(&provider.app_id),
        provider.provider_type.clone(),
        if provider.webhook.is_some() { "enabled" } else { "disabled" }.to_owned(),
    ]
}

fn rule(view: &View, stored: &StoredRule) -> Vec<String> {
    let (rule, Target { kind, id }) = (&stored.rule, &stored.rule.target);
    vec![
        rule.name.clone().unwrap_or_default(),
        rule.id.clone(),
        view.app(&stored.app_id),
        rule.kind.clone(),
        id.as_ref().map_or_else(|| kind.clone(), |id| format!("{kind} {id}")),
        if rule.enabled { "enabled" } else { "disabled" }.to_owned(),
    ]
}

fn action(view: &View, action: &PortalAction) -> Vec<String> {
    vec![
        action.created_at.to_string(),
        action.action.clone(),
        format!("{} ({})", action.principal.name, action.principal_kind),
        action.resource_type.clone(),
        action.resource_id.clone(),
        action.app_id.as_deref().map(|id| view.app(id)).unwrap_or_default(),
    ]
}

fn call(view: &View, call: &AuditEvent) -> Vec<String> {
    vec![
        call.created_at.to_string(),
        call.action.clone(),
        view.app(&call.app_id),
        call.actor_name.clone().unwrap_or_default(),
        call.provider_id.clone().unwrap_or_default(),
        call.policy_decision.clone().unwrap_or_default(),
        call.response_status.map(|status| status.to_string()).unwrap_or_default(),
    ]
}
