//! A plan for people: what would happen, in the order of doing.

use std::fmt::Write as _;

use serde_json::Value;

use super::plan::{Action, Change, Plan};
use crate::base::failure::Failure;
use crate::output::results::{self, Format};
use crate::output::streams::Streams;
use crate::output::table::{Table, column};
use crate::session::Session;

/// The changes as rows.
pub(crate) static CHANGES: Table = Table {
    noun: "changes",
    columns: &[
        column("ACTION", "action"),
        column("KIND", "kind"),
        column("ADDRESS", "address"),
        column("ID", "id"),
        column("SCOPE", "scope"),
        column("RESULT", "result"),
    ],
    least: &["SCOPE", "ID", "KIND"],
    first: "",
};

/// Prints a plan as `--output` asks for.
pub(crate) fn plan(session: &Session, plan: &Plan) -> Result<(), Failure> {
    match session.shape.for_rows() {
        Format::Table => text(&session.streams, plan),
        Format::Json => {
            results::object(&session.streams, &session.shape, &plan.shown().to_string())
        }
        _ => {
            let changes: Vec<Value> = plan.changes.iter().map(Change::shown).collect();
            results::list(&session.streams, &session.shape, &CHANGES, &changes)?;
            for blocked in &plan.blocked {
                session.streams.note(&format!(
                    "! {}: {}\n  fix: {}",
                    blocked.address, blocked.reason, blocked.fix
                ));
            }
            session.streams.note(&plan.digest());
            Ok(())
        }
    }
}

/// Prints the lines of a plan.
pub(crate) fn text(streams: &Streams, plan: &Plan) -> Result<(), Failure> {
    let mut out = streams.result()?;
    for change in &plan.changes {
        out.text(&lines(change))?;
    }
    for unknown in &plan.unknown {
        out.text(&format!("? {}  {}\n", unknown.address, unknown.reason))?;
    }
    for blocked in &plan.blocked {
        out.text(&format!(
            "! {}  {}\n    fix: {}\n",
            blocked.address, blocked.reason, blocked.fix
        ))?;
    }
    out.text(&format!("{}\n{}\n", summary(plan), plan.digest()))?;
    out.flush()
}

/// Returns the sign of an action.
pub(crate) fn sign(action: Action) -> char {
    match action {
        Action::Create => '+',
        Action::Update | Action::Rotate => '~',
        Action::Delete => '-',
    }
}

fn lines(change: &Change) -> String {
    let rotated =
        if change.action == Action::Rotate { "  (its credential is replaced)" } else { "" };
    let mut lines = format!("{} {}{rotated}\n", sign(change.action), change.address);
    let is_credential =
        |path: &str| change.kind.field(path).is_some_and(super::declare::FileField::is_credential);
    for field in &change.fields {
        let line = match change.action {
            _ if is_credential(&field.path) => continue,
            Action::Create => format!("    {}: {}", field.path, brief(&field.to)),
            _ => format!("    {}: {} -> {}", field.path, brief(&field.from), brief(&field.to)),
        };
        let _ = writeln!(lines, "{line}");
    }
    if !change.secrets.is_empty() {
        let hosts = if change.hosts.is_empty() {
            "no host yet".to_owned()
        } else {
            change.hosts.join(", ")
        };
        let to = if change.kind.noun == "managed_secret" {
            format!(", which may be sent to {hosts}")
        } else {
            String::new()
        };
        let _ = writeln!(lines, "    with the credential {}{to}", change.secrets.join(", "));
    }
    lines
}

/// Returns a value in one line: texts as they are, lists with commas.
fn brief(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".into(),
        Value::Array(list) if list.is_empty() => "none".into(),
        Value::Array(list) => list.iter().map(brief).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn summary(plan: &Plan) -> String {
    if plan.is_done() {
        return format!("Nothing to do: {} unchanged.", plan.unchanged);
    }
    let mut parts = Vec::new();
    for (action, word) in [
        (Action::Create, "to create"),
        (Action::Update, "to change"),
        (Action::Rotate, "to rotate"),
        (Action::Delete, "to delete"),
    ] {
        let count = plan.count(action);
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if !plan.blocked.is_empty() {
        parts.push(format!("{} that cannot be done", plan.blocked.len()));
    }
    parts.push(format!("{} unchanged", plan.unchanged));
    format!("{}.", parts.join(", "))
}
