//! Does what a plan says. Nothing is made twice: the key of each request follows from the app and the address, so that a
//! run which was killed, or runs beside another, is given the answer of the first.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::current::Current;
use super::plan::{Action, Change, Plan};
use super::portal::{document, request};
use super::secret_values::SecretValues;
use super::secrets_dir::{Pending, SecretsDir};
use super::step::{EXPIRES_IN, ID_OF, Reference, Step};
use super::value::SECRET;
use crate::api;
use crate::api::method::Method;
use crate::api::operation::Operation;
use crate::base::failure::{Failure, Kind as FailureKind};
use crate::base::time;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::protocol::digest;
use crate::session::Session;

/// How often a request is sent under another key, because the answer under the last one is of something that is gone.
const MAX_KEYS: usize = 100;

/// The outcome of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Unchanged,
    Failed,
    InDoubt,
    NotTried,
}

impl Outcome {
    /// Returns its word in the output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::InDoubt => "in doubt",
            Self::NotTried => "not tried",
        }
    }
}

/// What applying came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// The outcome of each change of the plan, and the id of what it is about.
    pub(crate) results: Vec<(Outcome, Option<String>)>,
    pub(crate) failure: Option<Failure>,
    pub(crate) app_id: Option<String>,
}

/// Applies plans.
#[derive(Debug)]
pub(crate) struct Applier<'s, 'c> {
    pub(crate) session: &'s Session<'c>,
    pub(crate) origin: String,
    pub(crate) secrets: SecretValues,
    pub(crate) folder: Option<SecretsDir>,
    /// The app's id; empty until it is made.
    pub(crate) app: String,
    /// The ids of what there is, by address.
    pub(crate) ids: BTreeMap<String, String>,
}

impl Applier<'_, '_> {
    /// Does it, change by change, and stops at the first that fails; `done` is told of each.
    pub(crate) fn apply(
        &mut self,
        plan: &Plan,
        current: &Current,
        mut done: impl FnMut(&Change, Outcome, Option<&str>) -> Result<(), Failure>,
    ) -> Applied {
        self.ids.extend(current.ids.clone());
        let mut applied = Applied::default();
        let mut unknown = plan.unknown.iter();
        for change in &plan.changes {
            // The identity provider comes right behind the app.
            if change.kind.noun != "app"
                && let Some(unknown) = unknown.next()
            {
                applied.failure = applied.failure.or(self.identity_provider(&unknown.steps).err());
            }
            if applied.failure.is_some() {
                applied.results.push((Outcome::NotTried, change.id.clone()));
                continue;
            }
            let (outcome, failure) = match self.change(change) {
                Ok(outcome) => (outcome, None),
                Err(failure) if failure.is_in_doubt() => (Outcome::InDoubt, Some(failure)),
                Err(failure) => (Outcome::Failed, Some(failure)),
            };
            let id = change.id.clone().or_else(|| self.ids.get(&change.address).cloned());
            let told = done(change, outcome, id.as_deref());
            applied.results.push((outcome, id));
            applied.failure = failure.map(|failure| failure.about(&change.address)).or(told.err());
        }
        for unknown in unknown {
            applied.failure = applied.failure.or(self.identity_provider(&unknown.steps).err());
        }
        applied.app_id = Some(self.app.clone()).filter(|id| !id.is_empty());
        applied
    }

    fn identity_provider(&self, steps: &[Step]) -> Result<(), Failure> {
        for step in steps {
            let response = self.send(step, "identity_provider", "")?;
            if response.error().code.as_deref() != Some("identity_provider_exists") {
                self.session.accepted(&response)?;
            }
        }
        Ok(())
    }

    fn change(&mut self, change: &Change) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::Done;
        for (at, step) in change.steps.iter().enumerate() {
            let secret = step.operation.secret;
            if let Some(key) = secret {
                self.mint(change, step, key)?;
                continue;
            }
            let response = self.send(step, &change.address, &change.name)?;
            let gone = response.status == 404 || response.error().says_revoked();
            if change.action == Action::Delete && gone {
                outcome = Outcome::Unchanged;
                continue;
            }
            if response.error().code.as_deref() == Some("identity_provider_exists") {
                return Ok(Outcome::Unchanged);
            }
            self.session.accepted(&response)?;
            if at == 0 && change.action == Action::Create {
                self.remember(change, &document(&response)?);
            }
        }
        Ok(outcome)
    }

    /// Keeps the id of what was made, for what refers to it.
    fn remember(&mut self, change: &Change, made: &Value) {
        let Some(id) = made["id"].as_str() else { return };
        if change.kind.noun == "app" {
            id.clone_into(&mut self.app);
        }
        self.ids.insert(change.address.clone(), id.to_owned());
    }

    /// Mints a secret into its file.
    fn mint(&mut self, change: &Change, step: &Step, key: &str) -> Result<(), Failure> {
        let (path, body) = (self.path(step)?, self.body(&step.body)?);
        for count in 0..MAX_KEYS {
            let pending = Pending {
                origin: self.origin.clone(),
                app: self.app.clone(),
                address: change.address.clone(),
                secret: key.to_owned(),
                path: path.clone(),
                body: body.clone(),
                idempotency_key: self.key(&change.address, &path, count),
            };
            let folder =
                self.folder.as_ref().ok_or_else(|| Failure::usage("--secrets-dir", "is needed"))?;
            folder.keep(&pending)?;
            match self.take(&pending, &change.name)? {
                Taken::Made(made) => {
                    self.remember(change, &made);
                    return Ok(());
                }
                Taken::Gone => {}
            }
        }
        Err(Failure::error(
            &*change.address,
            "was made and removed too often today: the portal repeats those answers",
        ))
    }

    /// Sends a kept request, and writes the secret that it is answered with.
    fn take(&self, pending: &Pending, name: &str) -> Result<Taken, Failure> {
        let folder =
            self.folder.as_ref().ok_or_else(|| Failure::usage("--secrets-dir", "is needed"))?;
        let mut request = Request::to(Method::Post, pending.path.clone());
        if let Ok(body) = serde_json::value::to_raw_value(&pending.body) {
            request = request.body(crate::http::request::Body::document(&body));
        }
        request.headers.push((IDEMPOTENCY_KEY.into(), pending.idempotency_key.clone()));
        let response = self.session.send_raw(&request)?;
        let replayed = is_replayed(&response);
        let refused = (400..500).contains(&response.status) && !response.unanswered_before;
        let stale = response.error().code.as_deref() == Some(OTHER_BODY)
            || replayed && response.status >= 300;
        if refused || stale {
            folder.forget(&pending.address);
        }
        if stale {
            self.refuse_double(&response, &pending.path, &pending.address, name)?;
            return Ok(Taken::Gone);
        }
        self.session.accepted(&response)?;
        let made = document(&response)?;
        if replayed && !self.is_there(&pending.path, &made)? {
            folder.forget(&pending.address);
            return Ok(Taken::Gone);
        }
        let Some(secret) = made[pending.secret.as_str()].as_str() else {
            folder.forget(&pending.address);
            let why = "is there, but its secret is lost: the portal does not repeat it";
            return Err(Failure::error(&*pending.address, why)
                .fix(self.way_to_a_new_secret(&pending.address, &made)));
        };
        let file = folder.write(&pending.address, secret)?;
        self.session.streams.note(&format!(
            "The secret of {} is in {}.",
            pending.address,
            file.display()
        ));
        Ok(Taken::Made(made))
    }

    fn way_to_a_new_secret(&self, address: &str, made: &Value) -> String {
        if address.starts_with("keys.") {
            return format!("alter apply --rotate {}", crate::output::shell::word(address));
        }
        format!(
            "alter agents mint-key --app {} --agent {}",
            self.app,
            made["id"].as_str().unwrap_or("ID")
        )
    }

    /// Sends again what earlier runs kept and did not end; returns true where there was any.
    pub(crate) fn resume(&self) -> Result<bool, Failure> {
        let Some(folder) = &self.folder else { return Ok(false) };
        let pending = folder.pending()?;
        let any = !pending.is_empty();
        for pending in pending {
            if pending.origin != self.origin || pending.app != self.app {
                let why = format!(
                    "a run for the app {} at {} was ended while it minted this secret",
                    pending.app, pending.origin
                );
                return Err(Failure::new(FailureKind::Conflict, &*pending.address, why)
                    .fix("end that run first, or give another --secrets-dir"));
            }
            let name = pending.body["name"].as_str().unwrap_or_default();
            self.take(&pending, name)?;
        }
        Ok(any)
    }

    /// Sends a step; a POST under a key that follows from what it is for.
    fn send(&self, step: &Step, address: &str, name: &str) -> Result<Response, Failure> {
        let (path, body) = (self.path(step)?, self.body(&step.body)?);
        let wanted = || {
            let ids = self.ids(step)?;
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut wanted = request(step.operation, &ids, (!body.is_null()).then_some(&body));
            if step.operation.method == Method::Delete
                && step.operation.parameter("force").is_some()
            {
                wanted = wanted.query("force", true);
            }
            Ok::<_, Failure>(wanted)
        };
        if !matches!(step.operation.method, Method::Post | Method::Patch) {
            return self.session.send_raw(&wanted()?);
        }
        for count in 0..MAX_KEYS {
            let mut request = wanted()?;
            request.headers.push((IDEMPOTENCY_KEY.into(), self.key(address, &path, count)));
            let response = self.session.send_raw(&request)?;
            let replayed = is_replayed(&response);
            let stale = response.error().code.as_deref() == Some(OTHER_BODY)
                || replayed && response.status >= 300;
            if stale {
                self.refuse_double(&response, &path, address, name)?;
            } else if !replayed || self.is_there(&path, &document(&response)?)? {
                return Ok(response);
            }
        }
        Err(Failure::error(
            address,
            "was made and removed too often today: the portal repeats those answers",
        ))
    }

    /// Refuses to go on to another key where a request under this one was for another body, and what it made is there: it
    /// was made by another run, of another file or moment.
    fn refuse_double(
        &self,
        response: &Response,
        path: &str,
        address: &str,
        name: &str,
    ) -> Result<(), Failure> {
        let list = api::find(Method::Get, path);
        let (Some(list), Some(OTHER_BODY)) = (list, response.error().code.as_deref()) else {
            return Ok(());
        };
        let below = path.strip_prefix(api::PREFIX).unwrap_or(path);
        let ids: Vec<String> =
            list.params(below).unwrap_or_default().into_iter().map(|(_, id)| id).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let active: &[(&str, &str)] =
            if list.parameter("status").is_some() { &[("status", "active")] } else { &[] };
        let rows = super::portal::rows(self.session, list, &ids, active)?;
        let named = |row: &Value| {
            ["slug", "label", "provider_id", "name"].iter().find_map(|key| row[*key].as_str())
                == Some(name)
        };
        if !rows.iter().any(named) {
            return Ok(());
        }
        Err(Failure::new(FailureKind::Conflict, address, "was made by another run meanwhile")
            .fix("run it again: it finds what is there"))
    }

    /// Returns true where what a repeated answer speaks of is still there: another may have removed it since.
    fn is_there(&self, path: &str, made: &Value) -> Result<bool, Failure> {
        let Some(id) = made["id"].as_str().or_else(|| made["provider_id"].as_str()) else {
            return Ok(true);
        };
        let app = self.app.as_str();
        let collection = path
            .strip_suffix("/rotate")
            .map_or(path, |path| path.rsplit_once('/').map_or(path, |(all, _)| all));
        if collection.contains("/managed-secrets/") && collection.ends_with("/grants") {
            let found = super::portal::rows(
                self.session,
                &api::grants::LIST,
                &[app],
                &[("status", "active")],
            )?;
            return Ok(found.iter().any(|row| row["id"] == id));
        }
        if collection.ends_with("/identity-providers") {
            return Ok(true);
        }
        let shown =
            Request::to(Method::Get, format!("{collection}/{}", crate::base::origin::segment(id)));
        let response = self.session.send_raw(&shown)?;
        if response.status == 404 {
            return Ok(false);
        }
        let found = document(&response)?;
        let gone = ["revoked_at", "archived_at", "deprecated_at"]
            .iter()
            .any(|key| found.get(key).is_some_and(|at| !at.is_null()));
        Ok(!gone && found["status"] != "revoked")
    }

    fn key(&self, address: &str, path: &str, count: usize) -> String {
        let text =
            format!("alter apply\n{}\n{}\n{address}\n{path}\n{count}", self.origin, self.app);
        digest::sha256_hex(text.as_bytes())[..40].to_owned()
    }

    fn path(&self, step: &Step) -> Result<String, Failure> {
        let ids = self.ids(step)?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        Ok(step.operation.fill(&ids))
    }

    fn ids(&self, step: &Step) -> Result<Vec<String>, Failure> {
        let of_app = step.operation.is_of_app().then(|| self.app.clone());
        let others = step.ids.iter().map(|id| match id {
            Reference::Id(id) => Ok(id.clone()),
            Reference::Of(address) => self.id_of(address),
        });
        of_app.map(Ok).into_iter().chain(others).collect()
    }

    fn id_of(&self, address: &str) -> Result<String, Failure> {
        self.ids
            .get(address)
            .cloned()
            .ok_or_else(|| Failure::error(address, "has no id yet: it was not made"))
    }

    /// Puts ids, instants and credentials into a body.
    fn body(&self, body: &Value) -> Result<Value, Failure> {
        match body {
            Value::Object(map) if map.len() == 1 => {
                let text = |key: &str| map.get(key).and_then(Value::as_str);
                if let Some(address) = text(ID_OF) {
                    return self.id_of(address).map(Value::from);
                }
                if let Some(duration) = text(EXPIRES_IN) {
                    return time::from_now("expires_in", duration).map(Value::from);
                }
                if let Some(secret) = text(SECRET).and_then(|name| self.secrets.get(name)) {
                    return Ok(secret.expose().into());
                }
                let (key, value) = map
                    .iter()
                    .next()
                    .map_or((String::new(), &Value::Null), |(key, value)| (key.clone(), value));
                Ok(json!({ key: self.body(value)? }))
            }
            Value::Object(map) => {
                map.iter().map(|(key, value)| Ok((key.clone(), self.body(value)?))).collect()
            }
            Value::Array(list) => list.iter().map(|value| self.body(value)).collect(),
            other => Ok(other.clone()),
        }
    }
}

/// What a kept request came to.
enum Taken {
    Made(Value),
    /// The answer was of something that is gone; another key is needed.
    Gone,
}

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The portal's code where a key was used for another body.
const OTHER_BODY: &str = "idempotency_key_body_mismatch";

fn is_replayed(response: &Response) -> bool {
    response.header("idempotency-replayed") == Some("true")
}

/// Returns the operations that a plan calls, in order.
pub(crate) fn operations(plan: &Plan) -> impl Iterator<Item = &'static Operation> + '_ {
    let unknown = plan.unknown.iter().flat_map(|unknown| unknown.steps.iter());
    plan.changes
        .iter()
        .flat_map(|change| change.steps.iter())
        .chain(unknown)
        .map(|step| step.operation)
}
