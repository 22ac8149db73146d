//! Managed secrets made, and their credentials replaced.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::credential::{Credential, FIELDS};
use super::grants;
use super::injection;
use super::secret::{Secret, Shown, StoredSecret};
use super::slug;
use crate::portal::catalogues::templates::{self, Template, VALUE};
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::timestamp::Stamp;

/// The type of a credential, where neither the body nor a template says it.
const USUAL_TYPE: &str = "bearer_token";

/// A secret with the grant that it begins with.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    secret: Shown<'a>,
    base_grant: grants::Shown<'a>,
}

/// Finds what the declarations of a new secret cannot say: that its template is there, that every part of the credential
/// is.
pub(super) fn new_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let text = |name: &str| keys.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let template = text("template_id").and_then(templates::find);
    let mut issues = Vec::new();
    if let Some(id) = text("template_id").filter(|_| template.is_none()) {
        let msg = format!("must be one of the templates, which have no `{id}`");
        issues.push(Issue::new("body", "template_id", "enum", msg));
    }
    issues.extend(keys.get("injection_rules").into_iter().flat_map(injection::faults));
    let kind = text("credential_type").unwrap_or_else(|| type_of(template));
    issues.extend(Credential::lenient(keys).arranged(kind, template).missing(kind, template));
    issues
}

/// Finds the parts that a new credential of a secret lacks.
pub(super) fn rotate_faults(call: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let Ok(stored) = call.row::<StoredSecret>() else {
        return Vec::new();
    };
    let (kind, template) = kind_of(&stored.secret);
    Credential::lenient(keys).arranged(kind, template).missing(kind, template)
}

fn type_of(template: Option<&'static Template>) -> &'static str {
    template.map_or(USUAL_TYPE, |template| &template.credential_type)
}

fn kind_of(secret: &Secret) -> (&str, Option<&'static Template>) {
    (&secret.credential_type, secret.template_id.as_deref().and_then(templates::find))
}

/// The credential that a checked body has.
fn credential(body: &Body, secret: &Secret) -> Result<Credential, Refusal> {
    let (kind, template) = kind_of(secret);
    let fields = body.get(FIELDS)?.unwrap_or_default();
    Ok(Credential::new(body.get(VALUE)?, fields).arranged(kind, template))
}

/// What the body says before what the template says before what is usual.
fn secret(body: &Body, now: Stamp) -> Result<Secret, Refusal> {
    let template = body.get::<String>("template_id")?.and_then(|id| templates::find(&id));
    let kind = body.get::<String>("credential_type")?;
    let mut secret = Secret::blank(kind.as_deref().unwrap_or_else(|| type_of(template)), now);
    if let Some(template) = template {
        secret.template_id = Some(template.id.clone());
        secret.injection_header.clone_from(&template.injection_header);
        secret.injection_format.clone_from(&template.injection_format);
        secret.allowed_hosts.clone_from(&template.allowed_hosts);
    }
    body.set("name", &mut secret.name)?;
    body.set("description", &mut secret.description)?;
    body.set("injection_header", &mut secret.injection_header)?;
    body.set("injection_format", &mut secret.injection_format)?;
    body.set("injection_rules", &mut secret.injection_rules)?;
    body.set("account_identifier", &mut secret.account_identifier)?;
    body.set("account_display_name", &mut secret.account_display_name)?;
    let policy = &mut secret.delegation_policy;
    body.set("allow_group_delegation", &mut policy.allow_group_delegation)?;
    body.set("max_delegation_ttl_days", &mut policy.max_delegation_ttl_days)?;
    Ok(secret)
}

/// A new secret, which the app itself may use from the start.
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let mut secret = secret(&call.body, call.now)?;
    secret.slug = free_slug(call, &secret.name);
    let credential = credential(&call.body, &secret)?;
    let app = call.params.get("app");
    let stored = StoredSecret { app_id: app.to_owned(), secret, credential };
    let label = call.body.get("label")?;
    let grant = Grant { label, ..Grant::new(app, stored.target(), Principal::System, call.now) };
    let created = Created {
        secret: stored.secret.shown_with(1),
        base_grant: grants::shown(&grant, call.now),
    };
    let answer = Response::json(201, &created);
    let details = json!({ "name": stored.secret.name, "slug": stored.secret.slug });
    call.record(&stored, "created", details);
    call.state.tables.of_mut().add(stored);
    grants::add(call, grant);
    Ok(answer)
}

/// The slug of a name that no other secret of the app has.
fn free_slug(call: &Call<'_>, name: &str) -> String {
    let secrets = call.state.tables.of::<StoredSecret>().of_app(call.params.get("app"));
    let taken: HashSet<&str> = secrets.map(|stored| stored.secret.slug.as_str()).collect();
    slug::of(name, |slug| taken.contains(slug))
}

/// Another credential in the place of the old one; who may use it stays.
pub(super) fn rotate(call: &mut Call<'_>) -> Outcome {
    let credential = credential(&call.body, &call.row::<StoredSecret>()?.secret)?;
    call.change("rotated", |stored: &mut StoredSecret, now| {
        stored.credential = credential;
        stored.secret.rotated_at = Some(now);
        Ok(json!({ "slug": stored.secret.slug }))
    })
}
