//! Personal access tokens: the credential of every call.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::api::pats;
use crate::portal::handler::call::{Call, Caller, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::store::state::{Named, State, User};
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[Route::new(&pats::SHOW_THIS, me)];

const PREFIX: &str = "alter_pat_";
const PREFIX_SHOWN: usize = 14;

/// A PAT as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pat {
    pub(crate) id: String,
    pub(crate) name: String,
    prefix: String,
    pub(crate) scopes: Vec<String>,
    created_at: Stamp,
    pub(crate) expires_at: Option<Stamp>,
    last_used_at: Option<Stamp>,
    organization: Named,
    user: User,
}

/// A PAT as it is kept. The plaintext stays, so that the same PATs go on working over restarts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredPat {
    pub(crate) pat: Pat,
    pub(crate) plaintext: String,
    pub(crate) revoked_at: Option<Stamp>,
}

impl Row for StoredPat {
    const TABLE: &'static str = "pats";

    fn id(&self) -> &str {
        &self.pat.id
    }
}

/// A PAT that does not exist yet.
#[derive(Debug)]
pub(crate) struct NewPat {
    pub(crate) name: String,
    pub(crate) plaintext: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: Stamp,
    pub(crate) expires_at: Option<Stamp>,
    pub(crate) revoked_at: Option<Stamp>,
}

/// A plaintext nobody has seen before.
pub(crate) fn fresh_plaintext() -> String {
    format!("{PREFIX}{}", random::alphanumeric(40))
}

/// Adds a PAT, and gives it back.
pub(crate) fn add(state: &mut State, new: NewPat) -> StoredPat {
    let pat = Pat {
        id: random::uuid(),
        name: new.name,
        prefix: shown(&new.plaintext),
        scopes: new.scopes,
        created_at: new.created_at,
        expires_at: new.expires_at,
        last_used_at: None,
        organization: state.organization.clone(),
        user: state.user.clone(),
    };
    let stored = StoredPat { pat, plaintext: new.plaintext, revoked_at: new.revoked_at };
    state.tables.of_mut().add(stored.clone());
    stored
}

/// Gives a PAT another plaintext.
pub(crate) fn replace_plaintext(state: &mut State, id: &str, plaintext: &str) {
    state.tables.of_mut::<StoredPat>().change(id, |stored| {
        plaintext.clone_into(&mut stored.plaintext);
        stored.pat.prefix = shown(plaintext);
    });
}

fn shown(plaintext: &str) -> String {
    plaintext.chars().take(PREFIX_SHOWN).collect()
}

/// Finds out who calls. When it was last used is kept, but not worth a write of its own.
pub(crate) fn authenticate(
    state: &mut State,
    authorization: Option<&str>,
    now: Stamp,
) -> Result<Caller, Refusal> {
    let token = authorization.and_then(bearer).ok_or_else(|| {
        refused("pat_missing", "Send a PAT as `Authorization: Bearer alter_pat_…`.")
    })?;
    let same = |stored: &&StoredPat| {
        let equal = stored.plaintext.as_bytes().ct_eq(token.as_bytes());
        bool::from(equal)
    };
    let pats = state.tables.of_mut::<StoredPat>();
    let Some(stored) = pats.iter().find(same) else {
        return Err(refused("pat_invalid", "This PAT is not known."));
    };
    if stored.revoked_at.is_some() {
        return Err(refused("pat_revoked", "This PAT was revoked."));
    }
    if stored.pat.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(refused("pat_expired", "This PAT has expired."));
    }
    let Pat { id, name, scopes, .. } = stored.pat.clone();
    pats.touch(&id, |stored| stored.pat.last_used_at = Some(now));
    Ok(Caller { id, name, scopes })
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn refused(code: &'static str, message: &str) -> Refusal {
    Refusal::new(401, code, message).header("WWW-Authenticate", "Bearer")
}

fn me(call: &mut Call<'_>) -> Outcome {
    match call.state.tables.of::<StoredPat>().get(&call.caller.id) {
        Some(stored) => Ok(Response::json(200, &stored.pat)),
        None => Err(refused("pat_invalid", "This PAT is not known.")),
    }
}
