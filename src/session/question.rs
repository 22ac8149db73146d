//! What a person is asked before a change, the thing named as they know it.

use super::Session;
use crate::api;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::http::request::Request;
use crate::output::json::{self, Object};
use crate::output::prompt;
use crate::output::table;

/// A question about one thing, answered with yes or no.
#[derive(Debug)]
pub(crate) struct Question {
    action: &'static str,
    /// None where an app has only one of it.
    id: Option<String>,
    consequence: &'static str,
    shown_at: Option<Request>,
}

impl Question {
    /// Asks `<action> <id>? <consequence>`, such as `Revoke key ID? Keys derived from it go too.`
    pub(crate) fn new(action: &'static str, id: &Id, consequence: &'static str) -> Self {
        Self { action, id: Some(id.text().to_owned()), consequence, shown_at: None }
    }

    /// Asks `<action> of the app <name>? <consequence>`, about what an app has only one of.
    pub(crate) fn of_the_app(action: &'static str, consequence: &'static str) -> Self {
        Self { action, id: None, consequence, shown_at: None }
    }

    /// Looks the name of the thing up by this request, which shows it alone or in a list.
    #[must_use]
    pub(crate) fn look_up(mut self, request: Request) -> Self {
        self.shown_at = Some(request);
        self
    }

    /// Asks, having looked up the name of the thing and of its app as far as the PAT may.
    pub(crate) fn ask(&self, session: &Session) -> Result<(), Failure> {
        prompt::require_person(&session.streams, "--yes")?;
        session.credential()?;
        prompt::confirm(&session.streams, &self.text(session)?, "--yes")
    }

    fn text(&self, session: &Session) -> Result<String, Failure> {
        let answer = self.shown_at.as_ref().and_then(|request| session.look_up(request));
        let shown = answer.as_ref().and_then(|answer| answer.json().ok());
        let thing = shown.zip(self.id.as_ref()).and_then(|(document, id)| find(document, id));
        let name = thing.as_ref().and_then(name);
        let named = match (&self.id, name) {
            (None, _) => String::new(),
            (Some(id), None) => format!(" {id}"),
            (Some(id), Some(name)) => format!(" {name} ({id})"),
        };
        let app = match app_name(session)? {
            None if self.id.is_none() => Some(session.app()?.text().to_owned()),
            app => app,
        };
        let of_app = app.map_or(String::new(), |app| format!(" of the app {app}"));
        let last_use = thing.as_ref().and_then(last_use).unwrap_or_default();
        Ok(format!("{}{named}{of_app}{last_use}? {}", self.action, self.consequence)
            .trim_end()
            .to_owned())
    }
}

/// The app that a pin selects, which the person may not have had in mind.
pub(crate) fn pinned_app(session: &Session) -> Option<String> {
    let pinned = session.selected().ok()??.file.is_some();
    if pinned { app_name(session).ok()? } else { None }
}

/// The selected app by its name; by its id when that cannot be had and it was not given in so many words.
fn app_name(session: &Session) -> Result<Option<String>, Failure> {
    let Some(selected) = session.selected()? else {
        return Ok(None);
    };
    let answer = session.look_up(&Request::of(&api::apps::SHOW, &[&selected.app]));
    let found = answer.as_ref().and_then(|answer| name(&Object::parse(answer.json().ok()?)?));
    Ok(match (found, selected.file) {
        (found, Some(file)) => {
            let name = found.unwrap_or_else(|| selected.app.text().to_owned());
            Some(format!("{name} (pinned in {})", file.display()))
        }
        (found, None) => found,
    })
}

fn find<'a>(document: &'a str, id: &str) -> Option<Object<'a>> {
    let page = || json::elements(Object::parse(document)?.get("items")?);
    let Some(mut rows) = json::elements(document).or_else(page) else {
        return Object::parse(document);
    };
    let is_it =
        |row: &Object| ["id", "key_id"].iter().any(|key| row.string(key).as_deref() == Some(id));
    rows.find_map(|row| Object::parse(row.text).filter(is_it))
}

fn name(object: &Object) -> Option<String> {
    let names = ["display_name", "name", "label"].iter().filter_map(|key| object.string(key));
    names.into_iter().find(|name| !name.is_empty()).or_else(|| {
        // A user's grant has no name of its own.
        let (provider, user) = (object.string("provider_id")?, object.string("user_identifier"));
        Some(user.map_or_else(|| provider.clone(), |user| format!("{provider} of {user}")))
    })
}

fn last_use(object: &Object) -> Option<String> {
    if object.get("last_used_at")? == "null" {
        return Some(", never used".into());
    }
    Some(format!(", last used {}", table::minutes(&object.string("last_used_at")?)))
}
