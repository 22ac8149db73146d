//! Grants as a runtime key sees them.

use super::signer::Signer;
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::store::Tables;

/// A grant, then what it was delegated from, up to the first.
pub(super) fn chain<'a>(tables: &'a Tables, grant: &'a Grant) -> Vec<&'a Grant> {
    let mut found = vec![grant];
    // A grant is older than what is delegated from it, so there is an end to going up.
    while let Some(parent) = found.last().and_then(|grant| grant.parent_grant_id.as_deref())
        && let Some(parent) = tables.of::<Grant>().get(parent)
    {
        found.push(parent);
    }
    found
}

/// The user whose access it is, in the end.
pub(super) fn user_behind(tables: &Tables, grant: &Grant) -> Option<String> {
    chain(tables, grant).last()?.principal.user_id().map(str::to_owned)
}

/// A grant that the key may speak of: one of the app, bound to an agent only where that agent acts.
pub(super) fn reachable<'a>(
    call: &'a Call<'_>,
    signer: &Signer,
    id: &str,
) -> Result<&'a Grant, Refusal> {
    let grant = call.state.tables.of::<Grant>().get(id);
    grant.filter(|grant| grant.app_id == signer.app_id && is_reachable(signer, grant)).ok_or_else(
        || {
            let message = format!("There is no grant {id} that this key can reach.");
            Refusal::not_found("grant_not_found", message)
        },
    )
}

/// Whether a grant of the app is for whoever the key acts as.
pub(super) fn is_reachable(signer: &Signer, grant: &Grant) -> bool {
    match (&grant.principal, &signer.agent_id) {
        (Principal::Agent { agent_id }, Some(own)) => agent_id == own,
        (Principal::Agent { .. }, None) | (_, Some(_)) => false,
        (_, None) => true,
    }
}
