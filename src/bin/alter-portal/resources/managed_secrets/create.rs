//! Making a managed secret, and giving it another credential.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::credential::{self, Credential, FIELDS};
use super::grants;
use super::injection;
use super::secret::{DelegationPolicy, Rule, Secret, Shown, StoredSecret};
use super::slug;
use crate::catalogues::templates::{self, Template, VALUE};
use crate::contract::call::{Call, Outcome};
use crate::contract::checks::{Checked, boolean, integer, one_of, secret, string, text, wrong};
use crate::contract::form::{Key, Mode, clear_or_put, fill, optional, put, required};
use crate::contract::refusal::Refusal;
use crate::http::response::Response;
use crate::resources::grants::grant::Grant;
use crate::resources::grants::principal::Principal;
use crate::sealed::Sealed;
use crate::stamp::Stamp;

pub(super) const MAX_LABEL: usize = 255;
const MAX_NAME: usize = 120;
const MAX_TEXT: usize = 2000;
pub(super) const MAX_TTL_DAYS: i64 = 1825;
const TYPES: &[&str] = &["bearer_token", "header_key", "basic_auth", "aws_sig_v4"];

/// What a body says of a new secret: only what it says.
#[derive(Default)]
struct Draft {
    name: String,
    description: Option<String>,
    template: Option<&'static Template>,
    credential_type: Option<&'static str>,
    value: Option<Sealed>,
    fields: BTreeMap<String, Sealed>,
    header: Option<String>,
    format: Option<String>,
    rules: Vec<Rule>,
    label: Option<String>,
    account_identifier: Option<String>,
    account_display_name: Option<String>,
    delegation_policy: DelegationPolicy,
}

const NEW: &[Key<Draft>] = &[
    required("name", |draft, value| put(&mut draft.name, text(1, MAX_NAME)(value))),
    optional("description", |draft, value| {
        clear_or_put(&mut draft.description, value, text(1, MAX_TEXT))
    }),
    optional("template_id", |draft, value| clear_or_put(&mut draft.template, value, template)),
    optional("credential_type", |draft, value| {
        clear_or_put(&mut draft.credential_type, value, one_of(TYPES))
    }),
    optional(VALUE, |draft, value| put(&mut draft.value, secret(value).map(Some))),
    optional(FIELDS, |draft, value| put(&mut draft.fields, credential::fields(value))),
    optional("injection_header", |draft, value| {
        put(&mut draft.header, injection::header(value).map(Some))
    }),
    optional("injection_format", |draft, value| {
        put(&mut draft.format, injection::format(value).map(Some))
    }),
    optional("injection_rules", |draft, value| put(&mut draft.rules, injection::rules(value))),
    optional("label", |draft, value| clear_or_put(&mut draft.label, value, text(1, MAX_LABEL))),
    optional("account_identifier", |draft, value| {
        clear_or_put(&mut draft.account_identifier, value, text(1, MAX_LABEL))
    }),
    optional("account_display_name", |draft, value| {
        clear_or_put(&mut draft.account_display_name, value, text(1, MAX_LABEL))
    }),
    optional("allow_group_delegation", |draft, value| {
        put(&mut draft.delegation_policy.allow_group_delegation, boolean(value))
    }),
    optional("max_delegation_ttl_days", |draft, value| {
        let days = integer(1, MAX_TTL_DAYS)(value);
        put(&mut draft.delegation_policy.max_delegation_ttl_days, days)
    }),
    // Scripts of old send one.
    optional("slug", |_, _| Ok(())),
];

const ROTATE: &[Key<Draft>] = &[
    optional(VALUE, |draft, value| put(&mut draft.value, secret(value).map(Some))),
    optional(FIELDS, |draft, value| put(&mut draft.fields, credential::fields(value))),
];

/// A secret with the grant that it begins with.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    secret: Shown<'a>,
    base_grant: grants::Shown<'a>,
}

fn template(value: &Value) -> Checked<&'static Template> {
    let id = string(value)?;
    match templates::find(&id) {
        Some(template) => Ok(template),
        None => wrong("enum", format!("`{id}` is not one of the templates")),
    }
}

impl Draft {
    /// What the body says before what the template says before what is usual.
    fn into_stored(self, app_id: &str, slug: String, now: Stamp) -> Result<StoredSecret, Refusal> {
        let template = self.template;
        let kind = self.credential_type.or(template.map(|one| one.credential_type.as_str()));
        let blank = Secret::blank(kind.unwrap_or("bearer_token"), now);
        let credential = Credential { value: self.value, fields: self.fields };
        let credential = credential.complete(&blank.credential_type, template)?;
        let header = self.header.or(template.map(|one| one.injection_header.clone()));
        let format = self.format.or(template.map(|one| one.injection_format.clone()));
        let secret = Secret {
            slug,
            name: self.name,
            description: self.description,
            template_id: template.map(|one| one.id.clone()),
            injection_header: header.unwrap_or(blank.injection_header),
            injection_format: format.unwrap_or(blank.injection_format),
            injection_rules: self.rules,
            account_identifier: self.account_identifier,
            account_display_name: self.account_display_name,
            allowed_hosts: template.map_or(Vec::new(), |one| one.allowed_hosts.clone()),
            delegation_policy: self.delegation_policy,
            ..blank
        };
        Ok(StoredSecret { app_id: app_id.to_owned(), secret, credential })
    }
}

/// A new secret, which the app itself may use from the start.
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let mut draft = Draft::default();
    fill(NEW, Mode::Create, &call.request.body, &mut draft)?;
    let app = call.params.get("app");
    let slugs: HashSet<&str> = call
        .state
        .tables
        .of::<StoredSecret>()
        .of_app(app)
        .map(|stored| stored.secret.slug.as_str())
        .collect();
    let slug = slug::of(&draft.name, |slug| slugs.contains(slug));
    let label = draft.label.take();
    let stored = draft.into_stored(app, slug, call.now)?;
    let grant = Grant { label, ..Grant::new(app, stored.target(), Principal::System, call.now) };
    let created = Created {
        secret: stored.secret.shown_with(1),
        base_grant: grants::shown(&grant, call.now),
    };
    let answer = Response::json(201, &created);
    call.record(
        &stored,
        "created",
        json!({ "name": stored.secret.name, "slug": stored.secret.slug }),
    );
    call.state.tables.of_mut().add(stored);
    grants::add(call, grant);
    Ok(answer)
}

/// Another credential in the place of the old one; who may use it stays.
pub(super) fn rotate(call: &mut Call<'_>) -> Outcome {
    call.row::<StoredSecret>()?;
    let mut draft = Draft::default();
    fill(ROTATE, Mode::Create, &call.request.body, &mut draft)?;
    call.change("rotated", |stored: &mut StoredSecret, now| {
        let template = stored.secret.template_id.as_deref().and_then(templates::find);
        let credential = Credential { value: draft.value, fields: draft.fields };
        stored.credential = credential.complete(&stored.secret.credential_type, template)?;
        stored.secret.rotated_at = Some(now);
        Ok(json!({ "slug": stored.secret.slug }))
    })
}
