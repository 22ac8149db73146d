//! Whether calls that were made are put down to whom the design says.

use serde::Deserialize;

use super::Finding;
use crate::project::design::Design;

/// The part of an audit row that is looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "app_id")]
    app: Option<String>,
    #[serde(rename = "actor_id")]
    actor: Option<String>,
    #[serde(rename = "api_key_id")]
    key: Option<String>,
    #[serde(rename = "principal_user_id")]
    user: Option<String>,
    #[serde(rename = "grant_id")]
    grant: Option<String>,
}

/// What the rows are held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The app whose calls they are.
    pub(crate) app: &'a str,
    /// The agent that is to make them.
    pub(crate) agent: Option<&'a str>,
    /// The key that is to make them.
    pub(crate) key: Option<&'a str>,
    /// The grant that they are to use; other rows are left out.
    pub(crate) grant: Option<&'a str>,
    /// These rows and no others were asked for: what is wrong fails. Otherwise they may be another program's.
    pub(crate) exact: bool,
}

/// Holds rows of the audit log against the design.
pub(crate) fn check(events: &[Event], design: &Design, wanted: Wanted) -> Vec<Finding> {
    let differs = |is: &Option<String>, wanted: &str| is.as_deref() != Some(wanted);
    let events: Vec<&Event> = events
        .iter()
        .filter(|event| wanted.grant.is_none_or(|grant| !differs(&event.grant, grant)))
        .collect();
    if events.is_empty() {
        let message = "no call was found: make one, and look at alter audit list";
        return vec![graded("no-call", message.into(), wanted.exact)];
    }
    let mut found = Vec::new();
    let mut count = |rule, what: String, wrong: &dyn Fn(&Event) -> bool| {
        let wrong = events.iter().filter(|event| wrong(event)).count();
        if wrong > 0 {
            let message = format!("{wrong} of {} calls {what}", events.len());
            found.push(graded(rule, message, wanted.exact));
        }
    };
    count("other-app", format!("are not of app {}", wanted.app), &|event| {
        event.app.is_some() && differs(&event.app, wanted.app)
    });
    if let Some(agent) = wanted.agent {
        let what = format!("are not attributed to agent {agent}: give it a key of its own");
        count("actor", what, &|event| differs(&event.actor, agent));
    }
    if let Some(key) = wanted.key {
        count("key", format!("were made with another key than {key}"), &|event| {
            event.key.is_some() && differs(&event.key, key)
        });
    }
    if design.serves_users_alone() {
        let what = "are attributed to no user, which the design's principals are";
        count("user", what.into(), &|event| event.user.is_none());
    }
    found
}

fn graded(rule: &'static str, message: String, exact: bool) -> Finding {
    let finding = Finding::error("C", rule, message);
    if exact { finding } else { finding.warns() }
}
