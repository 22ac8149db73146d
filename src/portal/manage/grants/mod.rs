//! Every grant of an app, be it of an OAuth connection or of a managed secret.

pub(crate) mod counts;
pub(crate) mod events;
pub(crate) mod grant;
pub(crate) mod principal;
pub(crate) mod restrictions;
pub(crate) mod revocation;

use serde::Serialize;

use crate::api::grants;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::end_users::user::User;
use crate::portal::page::{Page, Paged};
use crate::portal::timestamp::Stamp;
use grant::Grant;

pub(crate) const ROUTES: &[Route] =
    &[Route::new(&grants::LIST, list), Route::new(&grants::REVOKE, revoke)];

const MAX_OFFSET: usize = 10_000;

/// A grant as this list has it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    grant_type: &'static str,
    provider_id: &'a str,
    app_user_id: Option<&'a str>,
    user_identifier: Option<&'a str>,
    status: &'static str,
    scopes: &'a [String],
    label: Option<&'a str>,
    expires_at: Option<Stamp>,
    created_at: Stamp,
    last_used_at: Option<Stamp>,
    revoked_at: Option<Stamp>,
}

#[derive(Serialize)]
struct Clamped<T> {
    #[serde(flatten)]
    page: Paged<T>,
    is_truncated: bool,
}

impl Resource for Grant {
    const KIND: &'static str = "grant";
    const NOT_FOUND: &'static str = "grant_not_found";

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        Shown {
            id: &self.id,
            grant_type: self.kind(),
            provider_id: self.provider_id(),
            app_user_id: self.principal.user_id(),
            user_identifier: user(call, self)
                .and_then(|user| user.email.as_deref())
                .or(self.account()),
            status: self.status(call.now),
            scopes: self.scopes(),
            label: self.label.as_deref(),
            expires_at: self.policy.expires_at,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        }
    }

    fn name(&self) -> &str {
        self.label.as_deref().unwrap_or_else(|| self.provider_id())
    }
}

/// The user that a grant is for, where it is for one.
fn user<'a>(call: &'a Call<'_>, grant: &Grant) -> Option<&'a User> {
    call.state.tables.of().get(grant.principal.user_id()?)
}

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let status = query.text("status");
    let provider = query.text("provider");
    let app_user = query.text("app_user");
    let search = query.text("search").map(str::to_lowercase);
    let wanted = |grant: &&Grant| {
        status.is_none_or(|status| grant.status(call.now) == status)
            && provider.is_none_or(|provider| grant.provider_id() == provider)
            && (app_user.is_none() || grant.principal.user_id() == app_user)
            && search.as_ref().is_none_or(|part| found(call, grant, part))
    };
    let page = Page { offset: call.page.offset.min(MAX_OFFSET), ..call.page };
    let rows = call.state.tables.of::<Grant>().of_app(call.params.get("app")).rev().filter(wanted);
    let clamped = Clamped {
        page: Paged::of(rows, page).map(|grant| grant.shown(call)),
        is_truncated: call.page.offset > MAX_OFFSET,
    };
    Ok(Response::json(200, &clamped))
}

/// Whether the user's identifier or display name holds this text, which is in lower case.
fn found(call: &Call<'_>, grant: &Grant, part: &str) -> bool {
    let names = user(call, grant)
        .map_or([None, None], |user| [user.email.as_deref(), user.display_name.as_deref()]);
    let mut names = names.into_iter().chain([grant.account()]).flatten();
    names.any(|name| name.to_lowercase().contains(part))
}

fn revoke(call: &mut Call<'_>) -> Outcome {
    let grant = call.row::<Grant>()?.clone();
    let reason: Option<String> = call.body.get("reason")?;
    if grant.revoked_at.is_some() {
        return Err(already_revoked(&grant));
    }
    let by = call.principal.clone();
    revocation::revoke(call.state, call.now, &by, &grant, reason.as_deref());
    call.show::<Grant>()
}

/// The refusal to change what is over.
pub(crate) fn already_revoked(grant: &Grant) -> Refusal {
    let message = format!("The grant {} is revoked already.", grant.id);
    Refusal::conflict("grant_already_revoked", message)
}
