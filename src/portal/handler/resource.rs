//! What every resource can do: be shown, made, changed and removed, each with its row in the journal.

use serde::Serialize;
use serde_json::{Value, json};

use super::body::Body;
use super::call::{Call, Outcome};
use super::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::portal_actions::Subject;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// A kind of row that clients see.
pub(crate) trait Resource: Row {
    /// What the journal calls it; actions are `app.created` and the like.
    const KIND: &'static str;
    /// Its placeholder in the patterns of paths.
    const PARAM: &'static str = Self::KIND;
    /// What is said of one that is not there.
    const NOT_FOUND: &'static str;

    /// What the path finds it by.
    fn key(call: &Call<'_>) -> String {
        call.params.get(Self::PARAM).to_owned()
    }

    /// As clients see it.
    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize;

    /// What clients know it by.
    fn public_id(&self) -> &str {
        self.id()
    }

    /// What people call it.
    fn name(&self) -> &str;

    /// Sets `updated_at`, where there is one.
    fn touch(&mut self, _now: Stamp) {}

    /// Takes over what a checked body says of it.
    fn fill(&mut self, _body: &Body) -> Result<(), Refusal> {
        Ok(())
    }
}

#[derive(Serialize)]
struct Deleted<'a> {
    id: &'a str,
    deleted: bool,
}

impl Call<'_> {
    /// The row that the path names: of its app, where it belongs to one.
    pub(crate) fn row<R: Resource>(&self) -> Result<&R, Refusal> {
        self.find(&R::key(self), self.params.get(R::PARAM))
    }

    /// The row that a body names, of the same app.
    pub(crate) fn named<R: Resource>(&self, id: &str) -> Result<&R, Refusal> {
        self.find(id, id)
    }

    fn find<R: Resource>(&self, key: &str, id: &str) -> Result<&R, Refusal> {
        let app = self.params.get("app");
        let here = |row: &&R| app.is_empty() || row.app_id() == Some(app);
        let found = self.state.tables.of::<R>().get(key).filter(here);
        found.ok_or_else(|| {
            let message = format!("There is no {} {id} here.", R::KIND.replace('_', " "));
            Refusal::not_found(R::NOT_FOUND, message)
        })
    }

    /// Answers with the row that the path names.
    pub(crate) fn show<R: Resource>(&self) -> Outcome {
        Ok(Response::json(200, &self.row::<R>()?.shown(self)))
    }

    /// Makes a row of a blank and the body.
    pub(crate) fn create<R: Resource>(&mut self, mut blank: R) -> Outcome {
        blank.fill(&self.body)?;
        let answer = Response::json(201, &blank.shown(self));
        self.record(&blank, "created", json!({ "name": blank.name() }));
        self.state.tables.of_mut().add(blank);
        Ok(answer)
    }

    /// Changes the row that the path names as the body says.
    pub(crate) fn update<R: Resource>(&mut self) -> Outcome {
        let body = self.body.clone();
        self.change::<R>("updated", |row, _| {
            row.fill(&body)?;
            Ok(json!({ "changed": body.names() }))
        })
    }

    /// Changes the row that the path names, if the change is allowed, and answers with it.
    pub(crate) fn change<R: Resource>(
        &mut self,
        verb: &str,
        edit: impl FnOnce(&mut R, Stamp) -> Result<Value, Refusal>,
    ) -> Outcome {
        let mut row = self.row::<R>()?.clone();
        let details = edit(&mut row, self.now)?;
        row.touch(self.now);
        self.record(&row, verb, details);
        self.state.tables.of_mut::<R>().change(row.id(), |stored| stored.clone_from(&row));
        Ok(Response::json(200, &row.shown(self)))
    }

    /// Refuses unless the body repeats the name of what is to go.
    pub(crate) fn confirmed<R: Resource>(&self) -> Result<R, Refusal> {
        let row = self.row::<R>()?;
        if self.body.required::<String>("confirm")? == row.name() {
            return Ok(row.clone());
        }
        let message = format!("`confirm` must be the {}'s exact name.", R::KIND);
        Err(Refusal::conflict("confirmation_mismatch", message))
    }

    /// Answers for a row that has just been taken away.
    pub(crate) fn deleted<R: Resource>(&mut self, row: &R) -> Outcome {
        self.record(row, "deleted", json!({ "name": row.name() }));
        let (id, deleted) = (row.public_id(), true);
        Ok(Response::json(200, &Deleted { id, deleted }))
    }

    /// Notes a change of a row in the journal.
    pub(crate) fn record<R: Resource>(&mut self, row: &R, verb: &str, details: Value) {
        let subject = Subject { kind: R::KIND, id: row.public_id(), app_id: row.app_id() };
        self.note(&format!("{}.{verb}", R::KIND), subject, details);
    }
}
