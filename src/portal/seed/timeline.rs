//! The demo's past: what its one person did, put in the order in which it was done.

use serde_json::json;

use crate::portal::handler::resource::Resource;
use crate::portal::manage::grants::events;
use crate::portal::manage::grants::grant::{Grant, Target};
use crate::portal::portal_actions::{self, Principal, Subject};
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

type Step = Box<dyn FnOnce(&mut State, &Principal)>;

/// Steps, each with its instant.
pub(super) struct Timeline {
    pub(super) now: Stamp,
    steps: Vec<(Stamp, Step)>,
}

impl Timeline {
    /// Nothing has happened yet.
    pub(super) fn new(now: Stamp) -> Self {
        Self { now, steps: Vec::new() }
    }

    /// So many days before now.
    pub(super) fn ago(&self, days: i64) -> Stamp {
        self.now.plus_days(-days)
    }

    /// Anything at all.
    pub(super) fn step(&mut self, at: Stamp, step: impl FnOnce(&mut State, &Principal) + 'static) {
        self.steps.push((at, Box::new(step)));
    }

    /// A row is made.
    pub(super) fn add<R: Resource>(&mut self, at: Stamp, verb: &'static str, row: R) {
        self.note(at, verb, &row);
        self.appear(at, row);
    }

    /// A row is changed; how it is now stands in it already.
    pub(super) fn note<R: Resource>(&mut self, at: Stamp, verb: &'static str, row: &R) {
        let row = row.clone();
        self.step(at, move |state, person| {
            let subject = Subject { kind: R::KIND, id: row.public_id(), app_id: row.app_id() };
            let (action, details) = (format!("{}.{verb}", R::KIND), json!({ "name": row.name() }));
            portal_actions::note(state, at, &action, person.clone(), subject, details);
        });
    }

    /// A row comes about without anybody in the dashboard.
    pub(super) fn appear<R: Resource>(&mut self, at: Stamp, row: R) {
        self.step(at, move |state, _| state.tables.of_mut().add(row));
    }

    /// A grant is made, and may have been revoked since. Users connect accounts by themselves.
    pub(super) fn grant(&mut self, grant: Grant) {
        if let Some(at) = grant.revoked_at {
            let grant = grant.clone();
            self.step(at, move |state, person| {
                note_grant(state, at, "grant.revoked", person, &grant, Some("Left the company"));
            });
        }
        let at = grant.created_at;
        self.step(at, move |state, person| {
            match (&grant.target, grant.principal.user_id()) {
                (Target::Oauth(_), Some(user)) => {
                    let user = Principal::sdk(user, grant.account().unwrap_or(user));
                    events::note(state, at, "grant.created", &user, &grant, None);
                }
                _ => note_grant(state, at, "grant.created", person, &grant, None),
            }
            state.tables.of_mut().add(grant);
        });
    }

    /// Lets it all happen. Steps of one instant stay in their order.
    pub(super) fn play(mut self, state: &mut State) {
        self.steps.sort_by_key(|(at, _)| *at);
        let person = Principal::person(&state.user.id, &state.user.email);
        for (_, step) in self.steps {
            step(state, &person);
        }
    }
}

/// Notes what a person in the dashboard did to a grant.
fn note_grant(
    state: &mut State,
    at: Stamp,
    action: &str,
    person: &Principal,
    grant: &Grant,
    reason: Option<&str>,
) {
    let subject = Subject { kind: Grant::KIND, id: &grant.id, app_id: Some(&grant.app_id) };
    let details = json!({ "provider_id": grant.provider_id(), "reason": reason });
    portal_actions::note(state, at, action, person.clone(), subject, details);
    events::note(state, at, action, person, grant, reason);
}
