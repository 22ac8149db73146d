//! The tables of the front page, a line each.

use Shown::{Code, State as Status, Text, Time};

use crate::audit::{AuditEvent, Log};
use crate::journal::PortalAction;
use crate::portal::Portal;
use crate::resources::apps::App;
use crate::resources::stored_key::StoredKey;
use crate::stamp::Stamp;
use crate::store::state::State;

/// How many of the last calls and changes are shown.
const LAST: usize = 20;

/// How a cell is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    Text,
    /// An id, a prefix, a scope: something that is copied.
    Code,
    /// Coloured as its meaning is.
    State,
    /// RFC 3339.
    Time,
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
        rows: apps,
    },
    Section {
        title: "Keys",
        columns: &[
            ("Name", Text),
            ("App", Text),
            ("Prefix", Code),
            ("Scopes", Code),
            ("Status", Status),
            ("Created", Time),
        ],
        rows: keys,
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
        rows: actions,
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
        rows: calls,
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

    /// The name of an app, or its id when it is gone.
    fn app(&self, id: &str) -> String {
        let app = self.state.tables.of::<App>().get(id);
        app.map_or_else(|| id.to_owned(), |app| app.name.clone())
    }
}

fn apps(view: &View) -> Vec<Vec<String>> {
    let apps = view.state.tables.of::<App>().iter();
    apps.map(|app| {
        vec![app.name.clone(), app.id.clone(), app.status.clone(), app.created_at.to_string()]
    })
    .collect()
}

fn keys(view: &View) -> Vec<Vec<String>> {
    let keys = view.state.tables.of::<StoredKey>().iter().rev();
    keys.map(|stored| {
        vec![
            stored.key.name.clone(),
            view.app(&stored.app_id),
            format!("{}…", stored.key.prefix),
            stored.key.scopes.join(" "),
            stored.status(view.now).to_owned(),
            stored.key.created_at.to_string(),
        ]
    })
    .collect()
}

fn actions(view: &View) -> Vec<Vec<String>> {
    let actions = view.state.tables.of::<PortalAction>().iter().rev().take(LAST);
    actions
        .map(|action| {
            vec![
                action.created_at.to_string(),
                action.action.clone(),
                format!("{} ({})", action.principal.name, action.principal_kind),
                action.resource_type.to_string(),
                action.resource_id.clone(),
                action.app_id.as_deref().map(|id| view.app(id)).unwrap_or_default(),
            ]
        })
        .collect()
}

fn calls(view: &View) -> Vec<Vec<String>> {
    let calls = view.calls.iter();
    calls
        .map(|call| {
            vec![
                call.created_at.to_string(),
                call.action.clone(),
                view.app(&call.app_id),
                call.actor_name.clone().unwrap_or_default(),
                call.provider_id.clone().unwrap_or_default(),
                call.policy_decision.clone().unwrap_or_default(),
                call.response_status.map(|status| status.to_string()).unwrap_or_default(),
            ]
        })
        .collect()
}
