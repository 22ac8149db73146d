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

use crate::portal::manage::apps::App;
use crate::portal::manage::pats::{self, NewPat, StoredPat};
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::secret::Sealed;
use crate::portal::store::state::{Named, State, User};
use crate::portal::timestamp::Stamp;

use demo::DEMO_PAT;

const READY: &str = "ready";

/// What a new portal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    Demo,
    Empty,
}

impl Seed {
    /// A new state, with these credentials.
    pub(crate) fn state(self, credentials: &Credentials, now: Stamp) -> Result<State, String> {
        let mut state = match self {
            Self::Demo => demo::demo(now),
            Self::Empty => empty(now),
        };
        credentials.put(&mut state, now)?;
        Ok(state)
    }
}

impl std::str::FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "demo" => Ok(Self::Demo),
            "empty" => Ok(Self::Empty),
            _ => Err("must be demo or empty".to_owned()),
        }
    }
}

/// The credentials that a portal has from the start.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// The PAT of every scope; a new one where none is asked for.
    pub(crate) pat: Option<Sealed>,
    /// A key of every scope of the first app, where one is asked for.
    pub(crate) api_key: Option<Sealed>,
}

impl Credentials {
    /// Puts them into a state that may have others.
    pub(crate) fn put(&self, state: &mut State, now: Stamp) -> Result<(), String> {
        if let Some(pat) = &self.pat {
            let ready =
                state.tables.of::<StoredPat>().iter().find(|stored| stored.pat.name == READY);
            match ready.map(|stored| stored.pat.id.clone()) {
                Some(id) => pats::replace_plaintext(state, &id, pat.expose()),
                None => add_ready(state, pat.expose().to_owned(), now),
            }
        }
        let Some(key) = &self.api_key else {
            return Ok(());
        };
        let known = |stored: &StoredKey| stored.plaintext == key.expose();
        if state.tables.of::<StoredKey>().iter().any(known) {
            return Ok(());
        }
        let apps = state.tables.of::<App>();
        let app = apps.iter().find(|app| app.archived_at.is_none());
        let app_id = app.map(|app| app.id.clone());
        let app_id = app_id.ok_or(
            "--api-key is a key of an app, and there is none\nfix: leave out --seed empty",
        )?;
        let scopes = vec!["*".to_owned()];
        let stored = StoredKey::with(key.expose(), &app_id, "rk", READY.to_owned(), scopes, now);
        state.tables.of_mut().add(stored);
        Ok(())
    }

    /// The same with the PAT that a state has, where none was asked for.
    pub(crate) fn of(self, state: &State) -> Self {
        let pat = self.pat.or_else(|| ready_pat(state).map(Sealed::new));
        Self { pat, ..self }
    }
}

fn add_ready(state: &mut State, plaintext: String, now: Stamp) {
    let ready = NewPat {
        name: READY.to_owned(),
        plaintext,
        scopes: scopes::all(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
    };
    pats::add(state, ready);
}

/// An organization with one person and one PAT.
fn empty(now: Stamp) -> State {
    let organization = Named {
        id: "0a9a0000-0001-4000-8000-000000000001".to_owned(),
        name: "Northwind Demo".to_owned(),
    };
    let user = User {
        id: "0b5e0000-0001-4000-8000-000000000001".to_owned(),
        email: "dana@northwind.example".to_owned(),
    };
    let mut state = State::empty(organization, user);
    add_ready(&mut state, pats::fresh_plaintext(), now);
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
