//! `alter design`: holds a design against the rules before anything is provisioned.

use std::collections::HashSet;

use argh::{ArgsInfo, FromArgs};
use serde::Deserialize;

use crate::api;
use crate::base::failure::Failure;
use crate::cli::tree::{App, Declaration, Declared};
use crate::http::request::Request;
use crate::output::results;
use crate::output::table::{Table, column};
use crate::project::design::{self, DEFAULT_PATH, Report, Violation};
use crate::session::Session;

namespace! {
    /// check how an integration is meant to work
    Design "design", Session<'_>: { Validate }
}

const VIOLATIONS: Table = Table {
    noun: "violations",
    columns: &[
        column("LINE", "line"),
        column("SEVERITY", "severity").state(),
        column("RULE", "rule"),
        column("MESSAGE", "message").shrinks(),
    ],
    least: &[],
    first: "",
};

/// check the frontmatter of a design against the rules
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "validate",
    example = "alter design validate",
    example = "alter design validate --design docs/ALTER_INTEGRATION.md --remote"
)]
struct Validate {
    /// the design's file [default: ./ALTER_INTEGRATION.md]
    #[argh(option, arg_name = "path")]
    design: Option<String>,
    /// also ask the portal whether each provider is configured on the app
    #[argh(switch)]
    remote: bool,
}

impl Declared for Validate {
    fn declared() -> Declaration {
        Declaration { table: Some(&VIOLATIONS), app: Some(App::Selected), ..Declaration::default() }
    }
}

impl Validate {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let path = self.design.as_deref().unwrap_or(DEFAULT_PATH);
        let is_named = self.design.is_some();
        let read = if is_named { design::Design::read } else { design::Design::read_default };
        let design = read("--design", path)?;
        let mut violations = design.violations();
        if self.remote {
            let request = Request::of(&api::providers::LIST, &[&session.app()?]);
            if session.dry_run {
                return session.object(&request);
            }
            violations.extend(not_configured(session, &request, &design)?);
            violations.sort_by_key(|violation| violation.line);
        }
        let report = Report::new(violations);
        if session.shape.is_tabular() {
            results::list(&session.streams, &session.shape, &VIOLATIONS, &report.violations)?;
        } else {
            let document = serde_json::to_string(&report).unwrap_or_default();
            session.print_object(&document)?;
        }
        match report.errors() {
            0 => Ok(()),
            1 => Err(Failure::error(path, "1 violation")),
            several => Err(Failure::error(path, format!("{several} violations"))),
        }
    }
}

#[derive(Deserialize)]
struct Configured {
    provider_id: String,
}

fn not_configured(
    session: &Session,
    request: &Request,
    design: &design::Design,
) -> Result<Vec<Violation>, Failure> {
    let response = session.send(request)?;
    let configured: Vec<Configured> = serde_json::from_str(response.text()?)
        .map_err(|_| response.broken("is not a list of providers"))?;
    let configured: HashSet<&str> =
        configured.iter().map(|provider| provider.provider_id.as_str()).collect();
    let missing = design.providers().filter(|word| !configured.contains(word.text.as_str()));
    Ok(missing.map(Violation::not_configured).collect())
}
