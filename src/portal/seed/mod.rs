//! What a new portal begins with.

mod agents;
mod apps;
mod calls;
mod demo;
mod people;
mod providers;
mod rules;
mod secrets;
mod timeline;

use crate::auth::scopes;

use crate::portal::manage::pats::{self, NewPat, StoredPat};
use crate::portal::store::state::{Named, State, User};
use crate::portal::timestamp::Stamp;

pub(crate) use demo::{DEMO_PAT, demo};

const READY: &str = "ready";

/// An organization with one person and one PAT.
pub(crate) fn empty(now: Stamp) -> State {
    let organization = Named {
        id: "0a9a0000-0001-4000-8000-000000000001".to_owned(),
        name: "Northwind Demo".to_owned(),
    };
    let user = User {
        id: "0b5e0000-0001-4000-8000-000000000001".to_owned(),
        email: "dana@northwind.example".to_owned(),
    };
    let mut state = State::empty(organization, user);
    let ready = NewPat {
        name: READY.to_owned(),
        plaintext: pats::fresh_plaintext(),
        scopes: scopes::all(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
    };
    pats::add(&mut state, ready);
    state
}

/// The plaintext of the PAT that works from the start.
pub(crate) fn ready_pat(state: &State) -> Option<&str> {
    let mut ready = state.tables.of::<StoredPat>().iter().filter(|stored| stored.pat.name == READY);
    ready.next().map(|stored| stored.plaintext.as_str())
}

/// The plaintexts that are good for trying what does not work, by name.
pub(crate) fn broken_pats(state: &State) -> impl Iterator<Item = (&str, &str)> {
    let demo = state
        .tables
        .of::<StoredPat>()
        .iter()
        .filter(|stored| stored.plaintext.starts_with(DEMO_PAT));
    demo.map(|stored| (stored.pat.name.as_str(), stored.plaintext.as_str()))
}
