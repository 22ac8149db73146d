//! Ending grants: one, with all that was delegated from it.

use serde_json::json;

use super::grant::Grant;
use crate::portal::manage::grants::events;
use crate::portal::portal_actions::{self, Principal, Subject};
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// Revokes a grant and everything delegated from it.
pub(crate) fn revoke(
    state: &mut State,
    now: Stamp,
    by: &Principal,
    grant: &Grant,
    reason: Option<&str>,
) {
    for id in with_delegations(state, grant) {
        let table = state.tables.of_mut::<Grant>();
        let revoked = table.change(&id, |grant| grant.revoked_at = Some(now)).cloned();
        if let Some(grant) = revoked {
            let subject = Subject { kind: "grant", id: &grant.id, app_id: Some(&grant.app_id) };
            let details = json!({ "provider_id": grant.provider_id(), "reason": reason });
            portal_actions::note(state, now, "grant.revoked", by.clone(), subject, details);
            events::note(state, now, "grant.revoked", by, &grant, reason);
        }
    }
}

/// The grant and every unrevoked one below it, however many steps down.
fn with_delegations(state: &State, grant: &Grant) -> Vec<String> {
    let mut found = vec![grant.id.clone()];
    let mut at = 0;
    while let Some(parent) = found.get(at).cloned() {
        let all = state.tables.of::<Grant>().of_app(&grant.app_id);
        let below = all.filter(|grant| {
            grant.parent_grant_id.as_ref() == Some(&parent) && grant.revoked_at.is_none()
        });
        found.extend(below.map(|grant| grant.id.clone()));
        at += 1;
    }
    found
}
