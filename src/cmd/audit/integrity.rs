//! `alter audit integrity-check`: whether the log still says what was written into it.

use argh::{ArgsInfo, FromArgs};
use serde::Deserialize;

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::time;
use crate::cli::tree::App;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::http::response::Response;
use crate::session::Session;
use crate::session::Verb;

const MAX_DAYS: i64 = 90;

/// Rows that the message names; all of them are in the result.
const MAX_NAMED: usize = 5;

/// check that no row of the audit log was changed since it was written; exit 1 when one was
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "integrity-check",
    example = "alter audit integrity-check --start 2026-05-01 --end 2026-06-01",
    example = "alter audit integrity-check --since 7d --end 2026-06-01 --table api-calls"
)]
pub(super) struct IntegrityCheck {
    /// from this last while on, instead of --start: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// from this time on: ISO 8601; at most 90 days before the end
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// up to, and without, this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
    /// only this table [default: all]
    #[argh(option, arg_name = "table")]
    table: Option<String>,
}

/// What is read of the report; it is printed as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Report {
    ok: Option<bool>,
    tables: Vec<Checked>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Checked {
    table: String,
    mismatches: Vec<Mismatch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mismatch {
    id: String,
}

impl Facts for IntegrityCheck {
    const OPERATION: &Operation = &api::audit::CHECK_INTEGRITY;
    const APP: Option<App> = Some(App::Unused);
}

impl Verb for IntegrityCheck {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let start = if self.since.is_some() { None } else { Some("--start") };
        let needed: Vec<&str> = start.into_iter().chain(["--end"]).collect();
        session.given.all(&needed, "")?;
        let window =
            time::window(self.since.as_deref(), self.start.as_deref(), self.end.as_deref())?;
        let instant = |text: &Option<String>| text.as_deref().and_then(time::parse).unwrap_or(0);
        if instant(&window.end) - instant(&window.start) > MAX_DAYS * 86_400 {
            let why = format!("is more than {MAX_DAYS} days after the start");
            return Err(Failure::usage("--end", why).fix("check the window in parts"));
        }
        let body = Body::object()
            .maybe("start", window.start)
            .maybe("end", window.end)
            .maybe("table", self.table);
        let request = Request::of(Self::OPERATION, &[]).body(body);
        session.unless_dry(&request, || {
            let response = session.send(&request)?;
            session.print_object(response.json()?)?;
            judge(&response)
        })
    }
}

/// Fails when the report names a row that is not as it was written.
fn judge(response: &Response) -> Result<(), Failure> {
    let report: Report =
        serde_json::from_str(response.text()?).map_err(|_| response.broken("is no report"))?;
    let changed: Vec<String> = report
        .tables
        .iter()
        .flat_map(|checked| {
            checked.mismatches.iter().map(|row| format!("{} {}", checked.table, row.id))
        })
        .collect();
    let why = match changed.len() {
        0 if report.ok != Some(false) => return Ok(()),
        0 => "the portal reports that it is not intact".into(),
        1 => format!("a row was changed since it was written: {}", changed[0]),
        count => {
            let named = changed.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = if count > MAX_NAMED { ", and more" } else { "" };
            format!("{count} rows were changed since they were written: {named}{more}")
        }
    };
    Err(Failure::error("the audit log", why))
}
