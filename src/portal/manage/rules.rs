//! Policy rules, each with a target: the app, one of its agents, a grant, or a provider.

use crate::input::rule_body::{self, TYPES};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::path::Wrong;
use crate::api::policy;
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::policy::{Rule, StoredRule, Target, is_known_zone};
use crate::portal::random;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&policy::LIST_OF_APP, list),
    Route::new(&policy::CREATE_OF_APP, create).check(new_faults),
    Route::new(&policy::SHOW_OF_APP, show),
    Route::new(&policy::UPDATE_OF_APP, update).check(change_faults),
    Route::new(&policy::DELETE_OF_APP, delete),
    Route::new(&policy::LIST_OF_AGENT, list),
    Route::new(&policy::CREATE_OF_AGENT, create).check(new_faults),
    Route::new(&policy::SHOW_OF_AGENT, show),
    Route::new(&policy::UPDATE_OF_AGENT, update).check(change_faults),
    Route::new(&policy::DELETE_OF_AGENT, delete),
    Route::new(&policy::LIST_OF_GRANT, list),
    Route::new(&policy::CREATE_OF_GRANT, create).check(new_faults),
    Route::new(&policy::SHOW_OF_GRANT, show),
    Route::new(&policy::UPDATE_OF_GRANT, update).check(change_faults),
    Route::new(&policy::DELETE_OF_GRANT, delete),
    Route::new(&policy::LIST_OF_PROVIDER, list),
    Route::new(&policy::CREATE_OF_PROVIDER, create).check(new_faults),
    Route::new(&policy::SHOW_OF_PROVIDER, show),
    Route::new(&policy::UPDATE_OF_PROVIDER, update).check(change_faults),
    Route::new(&policy::DELETE_OF_PROVIDER, delete),
];

/// The type of a rule, where the body does not say it.
const USUAL_TYPE: &str = "json_match";

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

    fn fill(&mut self, body: &Body) -> Result<(), Refusal> {
        fill(body, &mut self.rule)
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
pub(super) fn of_target(call: &Call<'_>) -> Result<(), Refusal> {
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
    let (now, target, body) = (call.now, target(call)?, &call.body);
    let mut rule = Rule {
        id: random::uuid(),
        body: body.required("rule_body")?,
        kind: body.get("rule_type")?.unwrap_or_else(|| USUAL_TYPE.to_owned()),
        name: None,
        description: None,
        enabled: true,
        target,
        created_at: now,
        updated_at: now,
    };
    fill(body, &mut rule)?;
    let stored = StoredRule { app_id: call.params.get("app").to_owned(), rule };
    let details = json!({ "name": stored.rule.name, "rule_type": stored.rule.kind });
    call.record(&stored, "created", details);
    let answer = Response::json(201, &stored.rule);
    call.state.tables.of_mut().add(stored);
    Ok(answer)
}

fn update(call: &mut Call<'_>) -> Outcome {
    of_target(call)?;
    call.update::<StoredRule>()
}

fn delete(call: &mut Call<'_>) -> Outcome {
    of_target(call)?;
    let stored = call.row::<StoredRule>()?.clone();
    call.state.tables.of_mut::<StoredRule>().remove(&stored.rule.id);
    call.deleted(&stored)
}

/// Takes over what a checked body says of a rule; an empty description is none.
fn fill(body: &Body, rule: &mut Rule) -> Result<(), Refusal> {
    body.set("name", &mut rule.name)?;
    body.set("description", &mut rule.description)?;
    rule.description = rule.description.take().filter(|text| !text.is_empty());
    body.set("enabled", &mut rule.enabled)?;
    body.set("rule_body", &mut rule.body)
}

/// Finds what is wrong within the body of a new rule.
fn new_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let rule_type = keys.get("rule_type").map_or(Some(USUAL_TYPE), Value::as_str);
    rule_type.map_or(Vec::new(), |rule_type| faults(rule_type, keys))
}

/// Finds what would be wrong within the body of a changed rule.
fn change_faults(call: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let stored = call.row::<StoredRule>();
    stored.map_or(Vec::new(), |stored| faults(&stored.rule.kind, keys))
}

/// Each fault at its own place; that a type is unknown is said elsewhere.
fn faults(rule_type: &str, keys: &Map<String, Value>) -> Vec<Issue> {
    let Some(body) = keys.get("rule_body").filter(|_| TYPES.contains(&rule_type)) else {
        return Vec::new();
    };
    let issue = |path: Vec<String>, kind, why: &str| {
        Issue::new("body", "rule_body", kind, why).within(path.into_iter())
    };
    if let Err(faults) = rule_body::check(rule_type, body) {
        let place = |wrong: &Wrong| wrong.path.parts().iter().map(ToString::to_string).collect();
        return faults.iter().map(|wrong| issue(place(wrong), wrong.kind, &wrong.why)).collect();
    }
    let zone = body.get("timezone").and_then(Value::as_str);
    match zone.filter(|zone| !is_known_zone(zone)) {
        Some(_) => {
            let why = "is not a time zone that this machine knows";
            vec![issue(vec!["timezone".to_owned()], "timezone", why)]
        }
        None => Vec::new(),
    }
}
