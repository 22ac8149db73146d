//! `alter verify`: holds a whole integration against its design.

use std::path::{Path, PathBuf};

use argh::{ArgsInfo, FromArgs};
use serde::Deserialize;

use crate::api;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::tree::{App, Declaration, Declared};
use crate::http::request::Request;
use crate::input::check;
use crate::output::results;
use crate::output::table::{Table, column};
use crate::project::design::{DEFAULT_PATH, Design, Severity};
use crate::project::verify::runtime::{Event, Wanted};
use crate::project::verify::{Report, Scan, key, runtime};
use crate::session::Session;

/// check the code, its key and its calls against the design
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "verify",
    example = "alter verify",
    example = "alter verify --key KEY_ID",
    example = "alter verify --runtime --grant GRANT_ID"
)]
pub(super) struct Verify {
    /// the design's file, seen from --dir [default: ALTER_INTEGRATION.md]
    #[argh(option, arg_name = "path")]
    design: Option<PathBuf>,
    /// the project's folder [default: .]
    #[argh(option, arg_name = "path")]
    dir: Option<PathBuf>,
    /// do not look imports up in the installed SDK
    #[argh(switch)]
    skip_sdk_check: bool,
    /// also compare this key's scopes with what the code needs
    #[argh(option, arg_name = "id")]
    key: Option<String>,
    /// also check which principal recent calls are attributed to
    #[argh(switch)]
    runtime: bool,
    /// of those calls, the ones that used this grant
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// of those calls, the ones of this trace
    #[argh(option, arg_name = "id")]
    trace: Option<String>,
    /// the agent that makes the calls; needed where the design is for one
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
}

const FINDINGS: Table = Table {
    noun: "findings",
    columns: &[
        column("FILE", "file"),
        column("LINE", "line"),
        column("SEVERITY", "severity").state(),
        column("RULE", "rule"),
        column("MESSAGE", "message").shrinks(),
    ],
    least: &[],
    first: "",
};

/// So many of the latest calls are looked at.
const MAX_CALLS: usize = 1000;

/// The requests of the gates that ask the portal, and the ids in them.
struct Gates {
    app: Id,
    key: Option<(Id, Request)>,
    runtime: Option<Request>,
}

impl Declared for Verify {
    fn declared() -> Declaration {
        Declaration { table: Some(&FINDINGS), app: Some(App::Selected), ..Declaration::default() }
    }
}

impl Verify {
    /// Runs every gate that was asked for.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let dir = self.dir.as_deref().unwrap_or(Path::new("."));
        check::folder("--dir", dir)?;
        let file = dir.join(self.design.as_deref().unwrap_or(Path::new(DEFAULT_PATH)));
        let file = file.strip_prefix(".").unwrap_or(&file).display().to_string();
        let is_named = self.design.is_some();
        let read = if is_named { Design::read } else { Design::read_default };
        let design = read("--design", &file)?;
        let gates = self.gates(session, &design)?;
        if let Some(gates) = gates.as_ref().filter(|_| session.dry_run) {
            let key = gates.key.as_ref().map(|(_, request)| request);
            let first = key.or(gates.runtime.as_ref());
            return first.map_or(Ok(()), |request| session.object(request));
        }
        let mut scan = Scan::default();
        scan.design(&design, &file);
        scan.sources(&session.streams, &design, dir, !self.skip_sdk_check);
        if let Some(gates) = gates {
            self.ask(session, &design, &gates, &mut scan)?;
        }
        print(session, &scan.report())
    }

    /// Checks the flags that need the portal; `None` when none was given.
    fn gates(&self, session: &Session, design: &Design) -> Result<Option<Gates>, Failure> {
        for flag in ["--grant", "--trace", "--agent"] {
            if session.given.has(flag) && !self.runtime {
                return Err(Failure::usage(flag, "works only with --runtime"));
            }
        }
        if self.key.is_none() && !self.runtime {
            return Ok(None);
        }
        let app = session.app()?;
        if self.runtime && design.is_agent() == Some(true) && self.agent.is_none() {
            let why = "is needed with --runtime: the design is for an agent";
            return Err(Failure::usage("--agent", why));
        }
        let id =
            |flag, id: &Option<String>| id.as_deref().map(|id| Id::parse(flag, id)).transpose();
        id("--grant", &self.grant)?;
        id("--agent", &self.agent)?;
        let runtime = match id("--trace", &self.trace)? {
            Some(trace) => Request::of(&api::audit::SHOW_TRACE, &[&trace]),
            None => Request::of(&api::audit::EVENTS, &[])
                .query("app_id", app.text())
                .query("limit", MAX_CALLS),
        };
        let key = id("--key", &self.key)?.map(|key| {
            let request = Request::of(&api::keys::SHOW, &[&app, &key]);
            (key, request)
        });
        Ok(Some(Gates { app, key, runtime: self.runtime.then_some(runtime) }))
    }

    fn ask(
        &self,
        session: &Session,
        design: &Design,
        gates: &Gates,
        scan: &mut Scan,
    ) -> Result<(), Failure> {
        if let Some((_, request)) = &gates.key {
            let response = session.send(request)?;
            let key =
                serde_json::from_str(response.text()?).map_err(|_| response.broken("is no key"))?;
            scan.findings.extend(key::check(&key, design, &scan.scopes));
        }
        let Some(request) = &gates.runtime else { return Ok(()) };
        let response = session.send(request)?;
        let calls: CallRows = serde_json::from_str(response.text()?)
            .map_err(|_| response.broken("has no audit rows"))?;
        let wanted = Wanted {
            app: gates.app.text(),
            agent: self.agent.as_deref(),
            key: gates.key.as_ref().map(|(key, _)| key.text()),
            grant: self.grant.as_deref(),
            exact: self.grant.is_some() || self.trace.is_some(),
        };
        scan.findings.extend(runtime::check(&calls.rows, design, wanted));
        Ok(())
    }
}

/// A page of the audit log, or a trace.
#[derive(Deserialize)]
struct CallRows {
    #[serde(alias = "items", alias = "events")]
    rows: Vec<Event>,
}

fn print(session: &Session, report: &Report) -> Result<(), Failure> {
    if session.shape.is_tabular() {
        results::list(&session.streams, &session.shape, &FINDINGS, &report.findings)?;
    } else {
        session.print_object(&serde_json::to_string(report).unwrap_or_default())?;
    }
    let is_error = |severity| severity == Severity::Error;
    match report.findings.iter().filter(|finding| is_error(finding.severity)).count() {
        0 => Ok(()),
        1 => Err(Failure::error("verify", "1 finding fails the integration")),
        several => {
            Err(Failure::error("verify", format!("{several} findings fail the integration")))
        }
    }
}
