//! A small believable organization: two apps at work and one that was given up, who and what uses them, and a week of
//! runtime calls.

use crate::auth::scopes;

use super::timeline::Timeline;
use super::{agents, apps, calls, people, providers, rules, secrets};
use crate::portal::manage::pats::{self, NewPat};
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// What the plaintexts of PATs that do not work begin with.
pub(crate) const DEMO_PAT: &str = "alter_pat_demo_";
/// PATs that do not work. Their plaintexts are fixed, and are in the help.
const EXPIRED_PAT: &str = "alter_pat_demo_expired_0000000000000000000000000000";
const REVOKED_PAT: &str = "alter_pat_demo_revoked_0000000000000000000000000000";

/// The demo organization as it is now.
pub(crate) fn demo(now: Stamp) -> State {
    let mut state = super::empty(now);
    add_pats(&mut state, now);
    let mut timeline = Timeline::new(now);
    apps::add(&mut timeline);
    people::add(&mut timeline);
    agents::add(&mut timeline);
    providers::add(&mut timeline);
    secrets::add(&mut timeline);
    rules::add(&mut timeline);
    timeline.play(&mut state);
    calls::add(&mut state, now);
    state
}

fn add_pats(state: &mut State, now: Stamp) {
    for (name, plaintext) in [("expired", EXPIRED_PAT), ("revoked", REVOKED_PAT)] {
        let new = NewPat {
            name: name.to_owned(),
            plaintext: plaintext.to_owned(),
            scopes: scopes::all(),
            created_at: now.plus_days(-90),
            expires_at: (name == "expired").then(|| now.plus_days(-1)),
            revoked_at: (name == "revoked").then(|| now.plus_days(-1)),
        };
        pats::add(state, new);
    }
}
