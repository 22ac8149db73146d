//! Policy rules, each with a target: the app, one of its agents, a grant, or a provider.

use crate::input::rule_body::{self, TYPES};
use serde::Serialize;
use serde_json::{Value, json};

use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{boolean, string, text};
use crate::portal::handler::fields::Fields;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::policy::{Rule, StoredRule, Target, is_known_zone};
use crate::portal::random;
use crate::portal::timestamp::Stamp;

const READ: &str = "dashboard_app_policy:read";
const CREATE: &str = "dashboard_app_policy:rules_create";
const UPDATE: &str = "dashboard_app_policy:rules_update";
const DELETE: &str = "dashboard_app_policy:rules_delete";

const MAX_NAME: usize = 120;
const MAX_DESCRIPTION: usize = 2000;

/// The same five for each kind of target.
macro_rules! routes {
    ($($rules:literal),*) => {
        pub(crate) const ROUTES: &[Route] = &[$(
            Route::new("GET", $rules, READ, list).paged(100, 50),
            Route::new("POST", $rules, CREATE, create),
            Route::new("GET", concat!($rules, "/{rule}"), READ, show),
            Route::new("PATCH", concat!($rules, "/{rule}"), UPDATE, update),
            Route::new("DELETE", concat!($rules, "/{rule}"), DELETE, delete),
        )*];
    };
}

routes!(
    "/apps/{app}/policy/rules",
    "/apps/{app}/agents/{agent}/policy/rules",
    "/apps/{app}/grants/{grant}/policy/rules",
    "/apps/{app}/providers/{provider}/policy/rules"
);

impl Resource for StoredRule {
    const KIND: &'static str = "rule";
    const NOT_FOUND: &'static str = "rule_not_found";

    fn shown(&self, _: &Call<'_>) -> impl Serialize {
        &self.rule
    }

    fn name(&self) -> &str {
        self.rule.name.as_deref().unwrap_or(&self.rule.kind)
    }

    fn touch(&mut self, now: Stamp) {
        self.rule.updated_at = now;
    }
}

/// What the path says the rules are for, which has to be there.
fn target(call: &Call<'_>) -> Result<Target, Refusal> {
    let given = |kind: &&str| !call.params.get(kind).is_empty();
    let Some(kind) = ["agent", "grant", "provider"].into_iter().find(given) else {
        return Ok(Target::app());
    };
    match kind {
        "agent" => call.row::<StoredAgent>().map(drop),
        "grant" => call.row::<Grant>().map(drop),
        _ => call.row::<StoredProvider>().map(drop),
    }?;
    Ok(Target { kind: kind.to_owned(), id: Some(call.params.get(kind).to_owned()) })
}

/// Refuses unless the rule that the path names is of the path's target.
fn of_target(call: &Call<'_>) -> Result<(), Refusal> {
    let target = target(call)?;
    let stored = call.row::<StoredRule>()?;
    if stored.rule.target == target {
        return Ok(());
    }
    let message = format!("There is no rule {} of this target.", stored.rule.id);
    Err(Refusal::not_found(StoredRule::NOT_FOUND, message))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let target = target(call)?;
    let rules = call.state.tables.of::<StoredRule>().of_app(call.params.get("app"));
    let rules = rules.map(|stored| &stored.rule).filter(|rule| rule.target == target);
    let page = rules.skip(call.page.offset).take(call.page.limit);
    Ok(Response::json(200, &page.collect::<Vec<_>>()))
}

fn show(call: &mut Call<'_>) -> Outcome {
    of_target(call)?;
    call.show::<StoredRule>()
}

fn create(call: &mut Call<'_>) -> Outcome {
    let (now, target) = (call.now, target(call)?);
    let rule = call.fields(|fields| {
        let rule_type = rule_type(fields);
        Rule {
            id: random::uuid(),
            body: body(fields, &rule_type),
            kind: rule_type,
            name: fields.nullable("name", text(1, MAX_NAME)),
            description: description(fields),
            enabled: fields.optional("enabled", boolean).unwrap_or(true),
            target,
            created_at: now,
            updated_at: now,
        }
    })?;
    let stored = StoredRule { app_id: call.params.get("app").to_owned(), rule };
    let details = json!({ "name": stored.rule.name, "rule_type": stored.rule.kind });
    call.record(&stored, "created", details);
    let answer = Response::json(201, &stored.rule);
    call.state.tables.of_mut().add(stored);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Outcome {
    of_target(call)?;
    let request = call.request;
    call.change::<StoredRule>("updated", |stored, _| {
        let rule = &mut stored.rule;
        let changed = Fields::read(&request.body, |fields| {
            let keys = ["name", "description", "enabled", "rule_body"];
            let changed: Vec<&str> = keys.into_iter().filter(|key| fields.has(key)).collect();
            if changed.is_empty() && fields.is_empty() {
                fields.refuse("", "missing", format!("Give at least one of {}", keys.join(", ")));
            }
            if fields.has("name") {
                rule.name = fields.nullable("name", text(1, MAX_NAME));
            }
            if fields.has("description") {
                rule.description = description(fields);
            }
            if let Some(enabled) = fields.optional("enabled", boolean) {
                rule.enabled = enabled;
            }
            if fields.has("rule_body") {
                rule.body = body(fields, &rule.kind);
            }
            changed
        })?;
        Ok(json!({ "changed": changed }))
    })
}

fn delete(call: &mut Call<'_>) -> Outcome {
    call.no_fields()?;
    of_target(call)?;
    let stored = call.row::<StoredRule>()?.clone();
    call.state.tables.of_mut::<StoredRule>().remove(&stored.rule.id);
    call.deleted(&stored)
}

/// An empty one is none.
fn description(fields: &mut Fields) -> Option<String> {
    fields.nullable("description", text(0, MAX_DESCRIPTION)).filter(|text| !text.is_empty())
}

fn rule_type(fields: &mut Fields) -> String {
    let given = fields.optional("rule_type", string);
    let rule_type = given.unwrap_or_else(|| "json_match".to_owned());
    if !TYPES.contains(&rule_type.as_str()) {
        let msg = format!("Input should be one of {}", TYPES.join(", "));
        fields.refuse("rule_type", "enum", msg);
    }
    rule_type
}

/// The body of a rule, with each fault reported at its own place.
fn body(fields: &mut Fields, rule_type: &str) -> Value {
    let Some(body) = fields.required("rule_body", |value| Ok(Some(value.clone()))) else {
        return Value::Null;
    };
    let known = TYPES.contains(&rule_type);
    match rule_body::check(rule_type, &body) {
        Err(faults) if known => faults.iter().for_each(|wrong| {
            let path = wrong.path.parts().iter().map(ToString::to_string);
            fields.refuse_within("rule_body", path, wrong.kind, &wrong.why);
        }),
        _ => {
            let zone = body.get("timezone").and_then(Value::as_str);
            if zone.is_some_and(|zone| !is_known_zone(zone)) {
                let path = ["timezone".to_owned()].into_iter();
                let msg = "is not a time zone that this machine knows";
                fields.refuse_within("rule_body", path, "timezone", msg);
            }
        }
    }
    body
}
