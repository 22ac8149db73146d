//! Making a managed secret, and giving it another credential.

use std::collections::{BTreeMap, HashSet};
use std::mem;

use serde::Serialize;
use serde_json::{Value, json};

use super::credential::{self, Credential, FIELDS};
use super::grants;
use super::injection;
use super::secret::{DelegationPolicy, MAX_LABEL, Rule, Secret, Shown, StoredSecret};
use super::slug;
use crate::portal::catalogues::templates::{self, Template, VALUE};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{
    Checked, boolean, integer, one_of, secret, string, text, wrong,
};
use crate::portal::handler::form::{
    Key, Mode, clear_or_put, fill, optional, put, required, with_issues,
};
use crate::portal::handler::refusal::Issue;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::secret::Sealed;
use crate::portal::timestamp::Stamp;

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
        put(&mut draft.credential_type, one_of(TYPES)(value).map(Some))
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
    fn credential_type(&self) -> &'static str {
        let by_template = self.template.map(|template| template.credential_type.as_str());
        self.credential_type.or(by_template).unwrap_or("bearer_token")
    }

    /// The credential, and which of its parts are missing.
    fn credential(&mut self, kind: &str, template: Option<&Template>) -> (Credential, Vec<Issue>) {
        let (value, fields) = (self.value.take(), mem::take(&mut self.fields));
        let credential = Credential { value, fields }.arranged(kind, template);
        let missing = credential.missing(kind, template);
        (credential, missing)
    }

    /// What the body says before what the template says before what is usual.
    fn into_secret(self, slug: String, now: Stamp) -> Secret {
        let blank = Secret::blank(self.credential_type(), now);
        let template = self.template;
        let header = self.header.or(template.map(|one| one.injection_header.clone()));
        let format = self.format.or(template.map(|one| one.injection_format.clone()));
        Secret {
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
        }
    }
}

/// A new secret, which the app itself may use from the start.
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let mut draft = Draft::default();
    let filled = fill(NEW, Mode::Create, &call.request.body, &mut draft);
    let (credential, missing) = draft.credential(draft.credential_type(), draft.template);
    with_issues(filled, missing)?;
    let app = call.params.get("app");
    let slug = free_slug(call, &draft.name);
    let label = draft.label.take();
    let secret = draft.into_secret(slug, call.now);
    let stored = StoredSecret { app_id: app.to_owned(), secret, credential };
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
    let secret = &call.row::<StoredSecret>()?.secret;
    let template = secret.template_id.as_deref().and_then(templates::find);
    let mut draft = Draft::default();
    let filled = fill(ROTATE, Mode::Create, &call.request.body, &mut draft);
    let (credential, missing) = draft.credential(&secret.credential_type, template);
    with_issues(filled, missing)?;
    call.change("rotated", |stored: &mut StoredSecret, now| {
        stored.credential = credential;
        stored.secret.rotated_at = Some(now);
        Ok(json!({ "slug": stored.secret.slug }))
    })
}
