//! What a new portal begins with.

use alter::auth::scopes;

use crate::resources::pats::{self, NewPat, Organization, User};
use crate::stamp::Stamp;
use crate::store::state::State;

/// The demo apps. Their ids are fixed, so that scripts, documentation and computed audit rows can name them.
pub(crate) const APP_IDS: [&str; 2] = [
    "a1a1a1a1-0001-4000-8000-000000000001",
    "a1a1a1a1-0001-4000-8000-000000000002",
];

/// The plaintext of the PAT that has expired.
pub(crate) const EXPIRED_PAT: &str = "alter_pat_demo_expired_0000000000000000000000000000";
/// The plaintext of the PAT that was revoked.
pub(crate) const REVOKED_PAT: &str = "alter_pat_demo_revoked_0000000000000000000000000000";

const READY: &str = "ready";

/// The id of a demo agent.
pub(crate) fn agent_id(number: usize) -> String {
    format!("a9e47000-0001-4000-8000-{number:012x}")
}

/// An organization with one person and one PAT.
pub(crate) fn empty(now: Stamp) -> State {
    let organization = Organization {
        id: "0a9a0000-0001-4000-8000-000000000001".to_owned(),
        name: "Northwind Demo".to_owned(),
    };
    let user = User {
        id: "0b5e0000-0001-4000-8000-000000000001".to_owned(),
        email: "dana@northwind.example".to_owned(),
    };
    let mut state = State::empty(organization, user);
    let ready = NewPat {
        name: READY,
        plaintext: pats::fresh_plaintext(),
        scopes: scopes::all(),
        created_at: now,
        expires_at: None,
    };
    pats::add(&mut state, ready);
    state
}

/// The plaintext of the PAT that works from the start.
pub(crate) fn ready_pat(state: &State) -> Option<&str> {
    let mut ready = state.pats.iter().filter(|stored| stored.pat.name == READY);
    ready.next().map(|stored| stored.plaintext.as_str())
}

/// A small organization.
pub(crate) fn demo(now: Stamp) -> State {
    let mut state = empty(now);
    for (name, plaintext) in [("expired", EXPIRED_PAT), ("revoked", REVOKED_PAT)] {
        let new = NewPat {
            name,
            plaintext: plaintext.to_owned(),
            scopes: scopes::all(),
            created_at: now.plus_days(-90),
            expires_at: (name == "expired").then(|| now.plus_days(-1)),
        };
        let stored = pats::add(&mut state, new);
        stored.revoked_at = (name == "revoked").then(|| now.plus_days(-1));
    }
    state
}
