//! `alter doctor`: every check that can tell why commands fail, each run even when one before it failed.

use std::env;

use argh::{ArgsInfo, FromArgs};
use serde::{Deserialize, Serialize};

use crate::auth::{credential, store};
use crate::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::routes;
use crate::id::Id;
use crate::input::environment;
use crate::output;
use crate::output::results;
use crate::output::table::{Table, column};
use crate::redact::credentials;
use crate::session::{Session, list};
use crate::time;

/// check the connection, the sign-in and the app, and say what to mend
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "doctor",
    note = "app: selected",
    example = "alter doctor",
    example = "alter doctor --dir ~/project --output json"
)]
pub(super) struct Doctor {
    /// the folder to look for a pinned app from, when not this one
    #[argh(option, arg_name = "path")]
    dir: Option<String>,
}

const CHECKS: Table = Table {
    noun: "checks",
    columns: &[
        column("CHECK", "check"),
        column("STATUS", "status").state(),
        column("DETAIL", "detail").shrinks(),
        column("FIX", "fix"),
    ],
};

/// A clock that is off by more makes expiry times and signatures wrong.
const MOST_SKEW: u64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
    Skip,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    detail: String,
    fix: Option<String>,
}

impl Finding {
    fn new(check: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self { check, status, detail: detail.into(), fix: None }
    }

    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self::new(check, Status::Ok, detail)
    }

    fn skip(check: &'static str, why: &str) -> Self {
        Self::new(check, Status::Skip, why)
    }

    fn failed(check: &'static str, failure: &Failure) -> Self {
        // On standard output nothing is taken out by itself, and a portal may repeat what it was sent.
        let message = credentials(&failure.message()).into_owned();
        let finding = Self::new(check, Status::Fail, message);
        Self { fix: failure.advice().map(|fix| credentials(fix).into_owned()), ..finding }
    }

    fn fix(self, fix: &str) -> Self {
        Self { fix: Some(fix.to_owned()), ..self }
    }
}

impl Doctor {
    /// Runs every check and prints what was found.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        if let Some(dir) = &self.dir {
            env::set_current_dir(dir).map_err(|error| {
                Failure::new(Kind::NotFound, format!("--dir: {dir}"), output::reason(&error))
            })?;
        }
        if session.dry_run {
            session.streams.note("dry run: the checks read only, and none was made");
            return Ok(());
        }
        let mut findings = reachable(session);
        findings.push(credential_file()?);
        findings.extend(signed_in(session));
        findings.extend(app(session));
        results::list(&session.streams, &session.shape, &CHECKS, &findings)?;
        match findings.iter().filter(|finding| finding.status == Status::Fail).count() {
            0 => Ok(()),
            failed => Err(Failure::error(
                "doctor",
                format!("{failed} of {} checks failed", findings.len()),
            )),
        }
    }
}

/// Whether anything answers at the base URL, and whether its clock agrees with ours. No credential is sent.
fn reachable(session: &Session) -> Vec<Finding> {
    let response = session.client().and_then(|client| {
        let response = client.send(&session.streams, &Request::get(routes::this_pat()), None)?;
        Ok((client.origin().to_string(), response))
    });
    match response {
        Ok((origin, response)) => {
            vec![Finding::ok("base URL", format!("{origin} answers")), clock(&response)]
        }
        Err(failure) => {
            vec![
                Finding::failed("base URL", &failure),
                Finding::skip("clock", "the portal does not answer"),
            ]
        }
    }
}

fn clock(response: &Response) -> Finding {
    let Some(theirs) = response.header("date").and_then(time::parse_http) else {
        return Finding::skip("clock", "the portal sends no date");
    };
    let skew = theirs.abs_diff(time::now());
    if skew <= MOST_SKEW {
        return Finding::ok("clock", format!("{skew} s from the portal's"));
    }
    Finding::new("clock", Status::Warn, format!("{skew} s from the portal's"))
        .fix("set this machine's clock")
}

/// Whether the file of stored sign-ins is fit to be read; with a PAT in the environment it is not touched.
fn credential_file() -> Result<Finding, Failure> {
    const CHECK: &str = "credential file";
    let path = match environment::variable("ALTER_PAT")? {
        Some(_) => return Ok(Finding::skip(CHECK, "ALTER_PAT is set")),
        None => store::file().filter(|path| path.exists()),
    };
    Ok(match path {
        None => Finding::skip(CHECK, "there is none"),
        Some(path) => match store::check() {
            Ok(()) => Finding::ok(CHECK, path.display().to_string()),
            Err(failure) => Finding::failed(CHECK, &failure),
        },
    })
}

/// The part of the PAT record that is looked at.
#[derive(Deserialize)]
struct Record {
    name: Option<String>,
    expires_at: Option<String>,
}

fn signed_in(session: &Session) -> Vec<Finding> {
    const DEPENDENT: [&str; 2] = ["PAT accepted", "PAT expiry"];
    let found = match session.credential() {
        Ok(credential) => credential.source,
        Err(failure) => {
            let skipped = DEPENDENT.map(|check| Finding::skip(check, "there is no credential"));
            return [Finding::failed("credential", &failure)].into_iter().chain(skipped).collect();
        }
    };
    let mut findings = vec![Finding::ok("credential", format!("found in {}", found.place()))];
    if found == credential::Source::File {
        findings[0] = Finding::new(
            "credential",
            Status::Warn,
            "found in auth.toml, in plain text, readable by you alone",
        )
        .fix("sign in again where a keychain is available");
    }
    match session.send(&Request::get(routes::this_pat())) {
        Ok(response) => {
            let record: Option<Record> = serde_json::from_slice(&response.body).ok();
            let name = record.as_ref().and_then(|record| record.name.clone()).unwrap_or_default();
            findings.push(Finding::ok("PAT accepted", name));
            findings.push(expiry(record.and_then(|record| record.expires_at).as_deref()));
        }
        Err(failure) if failure.kind() == Kind::Forbidden => {
            findings.push(Finding::ok(
                "PAT accepted",
                "it may not look at itself (dashboard_pats:read)",
            ));
            findings.push(Finding::skip("PAT expiry", "needs dashboard_pats:read"));
        }
        Err(failure) => {
            findings.push(Finding::failed("PAT accepted", &failure));
            findings.push(Finding::skip("PAT expiry", "the PAT was not accepted"));
        }
    }
    findings
}

fn expiry(at: Option<&str>) -> Finding {
    const SOON: i64 = 7 * 86_400;
    let Some(at) = at else {
        return Finding::ok("PAT expiry", "it does not expire");
    };
    match time::parse(at) {
        Some(instant) if instant - time::now() < SOON => {
            Finding::new("PAT expiry", Status::Warn, format!("expires {at}"))
                .fix("alter auth login")
        }
        _ => Finding::ok("PAT expiry", format!("expires {at}")),
    }
}

fn app(session: &Session) -> Vec<Finding> {
    let skipped =
        |why: &str| vec![Finding::skip("app exists", why), Finding::skip("active keys", why)];
    let selected = match session.selected() {
        Ok(Some(selected)) => selected,
        Ok(None) => {
            let finding = Finding::new("app selected", Status::Warn, "none")
                .fix("alter link ID, --app or ALTER_APP_ID");
            return [finding].into_iter().chain(skipped("no app is selected")).collect();
        }
        Err(failure) => {
            let finding = Finding::failed("app selected", &failure);
            return [finding].into_iter().chain(skipped("no app is selected")).collect();
        }
    };
    let mut findings = vec![Finding::ok(
        "app selected",
        format!("{} (by {})", selected.app.text(), selected.source),
    )];
    if session.credential().is_err() {
        findings.extend(skipped("there is no credential"));
        return findings;
    }
    match session.send(&Request::get(routes::app(&selected.app))) {
        Ok(_) => findings.push(Finding::ok("app exists", "yes")),
        Err(failure) => findings.push(Finding::failed("app exists", &failure)),
    }
    findings.push(
        active_keys(session, &selected.app)
            .unwrap_or_else(|failure| Finding::failed("active keys", &failure)),
    );
    findings
}

#[derive(Deserialize)]
struct Scoped {
    scopes: Vec<String>,
}

fn active_keys(session: &Session, app: &Id) -> Result<Finding, Failure> {
    let request = Request::get(routes::keys(app)).query("status", "active").query("limit", 1000);
    let response = session.send(&request)?;
    let page = list::items(&response)?;
    let scopes = page.items.clone().filter_map(|key| serde_json::from_str::<Scoped>(key.text).ok());
    let wildcards = scopes.filter(|key| key.scopes.iter().any(|scope| scope.contains('*'))).count();
    let active = page.total.unwrap_or_else(|| page.items.clone().count() as u64);
    if wildcards == 0 {
        return Ok(Finding::ok("active keys", active.to_string()));
    }
    let detail = format!("{active}, {wildcards} of them with a wildcard scope");
    Ok(Finding::new("active keys", Status::Warn, detail)
        .fix("alter keys rotate --key ID --scopes LIST"))
}
