//! `alter audit explain`: why a trace failed and what to do, by rules over the fields of its rows. Nothing is guessed: the
//! first failed row in time decides, and where no rule speaks of it that is what is said.

use argh::{ArgsInfo, FromArgs};

use super::{denying_rule, narrowed};
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::time;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::output::json::{self, Object};
use crate::output::shell;
use crate::session::Session;
use crate::session::Verb;
use crate::session::list;

/// Rows a page of the search for a failure.
const PAGE: u64 = 200;

/// say why a trace failed, and what fixes it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "explain",
    example = "alter audit explain",
    example = "alter audit explain TRACE_ID"
)]
pub(super) struct Explain {
    /// the trace's id [default: the newest in which something failed]
    #[argh(positional)]
    trace: Option<String>,
    /// the newest failure of this last while alone: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
}

impl Facts for Explain {
    const OPERATION: &Operation = &api::audit::SHOW_TRACE;
}

impl Verb for Explain {
    /// Shows not what the portal answers but what follows from it.
    fn run(self, session: &Session) -> Result<(), Failure> {
        if self.trace.is_some() && self.since.is_some() {
            return Err(Failure::usage("--since", "cannot be combined with <trace>"));
        }
        let trace = self.trace.as_deref().map(|trace| Id::parse("<trace>", trace)).transpose()?;
        let events = narrowed(session, &api::audit::EVENTS, [self.since, None, None])?;
        let events = list::at(&events, PAGE, 0);
        if let Some(trace) = trace {
            return show(session, &trace);
        }
        session.unless_dry(&events, || {
            if let Some(trace) = newest_failure(session, &events)? {
                return show(session, &trace);
            }
            session.streams.note("Nothing failed.");
            Ok(())
        })
    }
}

/// Finds the newest trace that has a row which failed.
fn newest_failure(session: &Session, events: &Request) -> Result<Option<Id>, Failure> {
    let mut offset = 0;
    loop {
        let response = session.send(&list::at(events, 0, offset))?;
        let page = list::items(&response)?;
        let count = page.items.clone().count() as u64;
        let failed = page.items.filter_map(|row| Object::parse(row.text)).find(has_failed);
        if let Some(trace) = failed.and_then(|row| row.string("trace_id")) {
            return Id::parse("the portal's trace", &trace).map(Some);
        }
        offset += count;
        if !page.has_more || count == 0 {
            return Ok(None);
        }
    }
}

fn show(session: &Session, trace: &Id) -> Result<(), Failure> {
    let request = Request::of(&api::audit::SHOW_TRACE, &[trace]);
    session.unless_dry(&request, || {
        let response = session.send(&request)?;
        let explained = explain(session, trace.text(), response.json()?);
        let explained = explained.ok_or_else(|| response.broken("is no trace"))?;
        session.print_object(explained.text())
    })
}

/// Why a row failed, and a command that helps, with what to do in words before it where the command does not say all.
struct Explanation {
    cause: String,
    fix: String,
}

fn explain(session: &Session, id: &str, document: &str) -> Option<Body> {
    let trace = Object::parse(document)?;
    let events = json::elements(trace.get("events")?)?;
    let mut rows: Vec<Object> = events.filter_map(|event| Object::parse(event.text)).collect();
    rows.sort_by_cached_key(moment);
    let failed = rows.iter().find(|row| has_failed(row));
    let look = || format!("alter audit show {}", shell::word(id));
    let explanation = match failed {
        None => Explanation { cause: "no row of this trace failed".into(), fix: look() },
        Some(row) => of_row(session, row).unwrap_or_else(|| Explanation {
            cause: format!("there is no known fix for this failure{}", reason(row)),
            fix: look(),
        }),
    };
    let outcome = match failed {
        None => "success".into(),
        Some(row) => {
            let outcome = row.string("outcome").filter(|outcome| outcome != "success");
            outcome.unwrap_or_else(|| "failed".into())
        }
    };
    Some(
        Body::object()
            .with("trace_id", id)
            .with("outcome", outcome)
            .with("cause", explanation.cause)
            .with("fix", explanation.fix),
    )
}

/// When a row was made: whole seconds, then the text, in which the fraction is.
fn moment(row: &Object) -> (Option<i64>, String) {
    let text = row.string("created_at").unwrap_or_default();
    (time::parse(&text), text.trim_end_matches('Z').to_owned())
}

fn has_failed(row: &Object) -> bool {
    let outcome = row.string("outcome").unwrap_or_default();
    matches!(decision(row).as_str(), "DENY" | "ERROR")
        || matches!(outcome.as_str(), "denied" | "error" | "failed" | "failure")
        || status(row).is_some_and(|status| status == 0 || status >= 400)
        || codes(row).any(|code| of_code(&code, row).is_some())
}

fn decision(row: &Object) -> String {
    row.string("policy_decision").unwrap_or_default().to_ascii_uppercase()
}

/// The status that the call was answered with; 0 when it was not.
fn status(row: &Object) -> Option<u16> {
    row.path("response_status")?.parse().ok()
}

/// The places that may hold a cause.
fn codes(row: &Object) -> impl Iterator<Item = String> {
    ["policy_error", "reason"].into_iter().filter_map(|key| row.string(key))
}

/// ` (policy_denied)`
fn reason(row: &Object) -> String {
    codes(row).next().map_or_else(String::new, |code| format!(" ({code})"))
}

fn of_row(session: &Session, row: &Object) -> Option<Explanation> {
    if let Some(known) = codes(row).find_map(|code| of_code(&code, row)) {
        return Some(known);
    }
    let rules = command("policy show-app", row);
    match decision(row).as_str() {
        "DENY" => Some(match denying_rule::find(session, row) {
            Some(rule) => Explanation {
                cause: format!("the policy denied the call: rule {}", rule.name),
                fix: rule.get,
            },
            None => Explanation {
                cause: format!("the policy denied the call{}", reason(row)),
                fix: rules,
            },
        }),
        "ERROR" => {
            let cause = format!("the policy could not be evaluated{}", reason(row));
            Some(Explanation {
                cause,
                fix: format!("retry; if it persists, look at the rules: {rules}"),
            })
        }
        _ => of_status(status(row)?, row),
    }
}

/// Causes that have a name.
fn of_code(code: &str, row: &Object) -> Option<Explanation> {
    let (cause, fix) = match code {
        "scope_mismatch" => ("the grant lacks a scope that the call needs", more_scopes(row)),
        "insufficient_scope" => ("the key lacks a scope that the call needs", rotate_key(row)),
        "grant_revoked" => ("the grant was revoked", new_grant(row)),
        "grant_expired" => ("the grant has expired", new_grant(row)),
        "credential_revoked" => {
            ("the provider no longer accepts the credential", working_credential(row))
        }
        _ => return None,
    };
    Some(Explanation { cause: format!("{cause} ({code})"), fix })
}

fn of_status(status: u16, row: &Object) -> Option<Explanation> {
    let errors = || command("analytics errors", row);
    let (cause, fix) = match status {
        401 | 403 => ("the provider refused the credential", working_credential(row)),
        429 => (
            "there were too many requests",
            format!("wait, then call less often; how often it happens: {}", errors()),
        ),
        400..=499 => (
            "the provider refused the request as invalid",
            "check the shape of the request: alter verify".into(),
        ),
        0 => ("the provider did not answer", format!("retry; if it persists: {}", errors())),
        500..=599 => ("the provider failed", format!("retry; if it persists: {}", errors())),
        _ => return None,
    };
    let code = codes(row).next().map_or_else(String::new, |code| format!(", {code}"));
    Some(Explanation { cause: format!("{cause} (status {status}{code})"), fix })
}

fn more_scopes(row: &Object) -> String {
    format!("reconnect with the scopes that are missing, or {}", rotate_key(row))
}

fn rotate_key(row: &Object) -> String {
    let key = row.string("api_key_id");
    let key = key.as_deref().map_or_else(|| "KEY_ID".into(), shell::word);
    let rotate = command("keys rotate", row);
    format!("give the key the missing scopes with --scopes: {rotate} --key {key}")
}

/// A rotated secret keeps its grants as they are, so one that is over needs another in its place.
fn new_grant(row: &Object) -> String {
    if row.string("grant_kind").as_deref() != Some("managed_secret") {
        return working_credential(row);
    }
    let access = command("managed-secrets access", row);
    format!("grant it again with managed-secrets grants create; who has access: {access} SECRET_ID")
}

/// A grant of a user is renewed by the user, one of a managed secret with the secret.
fn working_credential(row: &Object) -> String {
    let rotate = || {
        let rotate = command("managed-secrets rotate", row);
        format!("{rotate} --credential-value - SECRET_ID")
    };
    match row.string("grant_kind").as_deref() {
        Some("oauth") => {
            let provider = row.string("provider_id");
            let provider = provider.map(|id| format!(" --provider {}", shell::word(&id)));
            let list = command("grants list", row);
            format!("the user must reconnect; whose it is: {list}{}", provider.unwrap_or_default())
        }
        Some("managed_secret") => format!("store a working credential: {}", rotate()),
        _ => format!("the user must reconnect, or for a managed secret: {}", rotate()),
    }
}

/// A command about the app of the row.
fn command(verb: &str, row: &Object) -> String {
    let app = row.string("app_id").map(|app| format!(" --app {}", shell::word(&app)));
    format!("alter {verb}{}", app.unwrap_or_default())
}
