//! `alter doctor`: every check that can explain why commands fail, each run even when one before it failed.

use std::env;
use std::path::Path;

use argh::{ArgsInfo, FromArgs};
use serde::{Deserialize, Serialize};

use crate::api;
use crate::auth::source::Source;
use crate::auth::store;
use crate::base::environment;
use crate::base::failure::{self, Failure, Kind};
use crate::base::time;
use crate::cli::context::{LOGIN, Selected};
use crate::cli::tree::{App, Declaration, Declared};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::input::check;
use crate::output::json;
use crate::output::results;
use crate::output::shell;
use crate::output::table::{Table, column};
use crate::session::{Session, list};

/// check connection, sign-in and app, and say what to fix
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "doctor",
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
        column("FIX", "fix").shrinks(),
    ],
    least: &[],
    first: "",
};

/// A clock that is off by more makes expiry times and signatures wrong.
const MAX_SKEW: u64 = 60;
/// An expiry that is nearer is a warning.
const SOON: i64 = 7 * 86_400;

const SET_CLOCK: &str = if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else {
    "sudo timedatectl set-ntp true"
};

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

/// What a check found; the name of the check is given with it.
type Found = (Status, String, Option<String>);

fn ok(detail: impl Into<String>) -> Found {
    (Status::Ok, detail.into(), None)
}

fn skip(why: impl Into<String>) -> Found {
    (Status::Skip, why.into(), None)
}

fn warn(detail: impl Into<String>, fix: impl Into<String>) -> Found {
    (Status::Warn, detail.into(), Some(fix.into()))
}

impl Declared for Doctor {
    fn declared() -> Declaration {
        Declaration { table: Some(&CHECKS), app: Some(App::Selected), ..Declaration::default() }
    }
}

impl Doctor {
    /// Runs every check and prints what was found.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        if let Some(dir) = &self.dir {
            check::folder("--dir", Path::new(dir))?;
            env::set_current_dir(dir).map_err(|error| {
                Failure::usage(format!("--dir: {dir}"), failure::reason(&error))
            })?;
        }
        if session.dry_run {
            session.streams.note("dry run: the checks only read, and none was run");
            return Ok(());
        }
        let mut checks = Checks { session, findings: Vec::new(), lost: None };
        checks.run();
        let findings = checks.findings;
        results::list(&session.streams, &session.shape, &CHECKS, &findings)?;
        let failed: Vec<_> = findings.iter().filter(|found| found.status == Status::Fail).collect();
        let Some(first) = failed.first() else {
            return Ok(());
        };
        let why = format!("{} of {} checks failed", failed.len(), findings.len());
        // A narrow terminal cuts it in the table.
        Err(Failure::error("doctor", why).fix(first.fix.clone().unwrap_or_default()))
    }
}

struct Checks<'a> {
    session: &'a Session<'a>,
    findings: Vec<Finding>,
    /// Why nothing more is asked of the portal: one that does not answer is not waited for again.
    lost: Option<String>,
}

impl Checks<'_> {
    fn run(&mut self) {
        let credential = self.session.credential();
        let answer = self.ask(&Request::of(&api::pats::SHOW_THIS, &[]), credential.is_ok());
        self.add("portal", self.portal(&answer));
        self.add("clock", answer.as_ref().map_or_else(|_| self.unanswered(), clock));
        self.add("store", self.store());
        let source = credential.map(|credential| credential.source);
        let signed_in = source.is_ok() && answer.as_ref().is_ok_and(|answer| answer.status != 401);
        self.add("auth", self.auth(source, &answer));
        let selected = self.session.selected();
        let exists = match &selected {
            Ok(Some(selected)) if signed_in => {
                Some(self.ask(&Request::of(&api::apps::SHOW, &[&selected.app]), true))
            }
            _ => None,
        };
        let usable = exists.as_ref().is_some_and(|answer| {
            answer.as_ref().is_ok_and(|answer| matches!(answer.status, 200 | 403))
        });
        self.add("app", self.app(&selected, exists));
        let app = selected.ok().flatten().filter(|_| usable).map(|selected| selected.app);
        for (check, path, judge) in PARTS {
            let found = match &app {
                Some(app) => self.part(&path(app), judge),
                None if signed_in => skip("no app to look into"),
                None => self.unanswered(),
            };
            self.add(check, found);
        }
    }

    fn add(&mut self, check: &'static str, (status, detail, fix): Found) {
        self.findings.push(Finding { check, status, detail, fix });
    }

    /// One exchange, without a retry.
    fn ask(&mut self, request: &Request, signed_in: bool) -> Result<Response, Failure> {
        if let Some(lost) = &self.lost {
            return Err(Failure::error("the portal", lost.clone()));
        }
        let pat = self.session.credential().ok().filter(|_| signed_in).map(|found| &found.pat);
        let answer = self
            .session
            .client()
            .and_then(|client| client.send_once(&self.session.streams, request, pat));
        if let Err(failure) = &answer {
            self.lost = Some(failure.message());
        }
        answer
    }

    /// A failed check; `fix` is the command for a failure that brings no advice.
    fn failed(&self, failure: Failure, fix: &str) -> Found {
        let failure = self.session.with_login(failure);
        let fix = failure.advice().unwrap_or_else(|| self.session.again(fix));
        (Status::Fail, failure.message(), Some(fix))
    }

    /// What the PAT may not look at.
    fn forbidden(&self, detail: String, failure: Failure) -> Found {
        (Status::Skip, detail, self.session.with_login(failure).advice())
    }

    fn unanswered(&self) -> Found {
        skip(if self.lost.is_some() { "the portal does not answer" } else { "not signed in" })
    }

    fn portal(&self, answer: &Result<Response, Failure>) -> Found {
        let unreachable = |failure: &Failure| {
            let check = || "check the network, and --base-url (ALTER_BASE_URL)".into();
            (Status::Fail, failure.message(), Some(failure.advice().unwrap_or_else(check)))
        };
        match (answer, self.session.base_url()) {
            (Ok(response), Ok(url)) if response.status < 500 => ok(format!("{url} answers")),
            (Ok(response), _) => match response.accepted() {
                Ok(()) => skip("nothing was asked"),
                Err(failure) => unreachable(&failure),
            },
            (Err(failure), _) => unreachable(failure),
        }
    }

    /// Whether there is a PAT, whether the portal takes it, and for how long.
    fn auth(&self, source: Result<Source, Failure>, answer: &Result<Response, Failure>) -> Found {
        let source = match source {
            Ok(source) => source.place(),
            Err(_) if self.session.base_url().is_err() => return self.unanswered(),
            Err(failure) => return self.failed(failure, LOGIN),
        };
        let Ok(response) = answer else {
            return skip(format!("a PAT was found in {source}; the portal does not answer"));
        };
        match response.accepted() {
            Ok(()) => accepted(response, source, &self.new_pat(source)),
            Err(failure) if failure.kind() == Kind::Forbidden => {
                ok(format!("the PAT of {source} is accepted; it may not look at itself"))
            }
            Err(failure) => self.failed(failure, LOGIN),
        }
    }

    /// How a PAT is replaced, by where it came from.
    fn new_pat(&self, source: &str) -> String {
        if source == Source::Environment.place() {
            return "set ALTER_PAT to a new PAT from the dashboard".into();
        }
        self.session.again(LOGIN)
    }

    /// Whether the file of stored sign-ins is fit to be read; with a PAT in the environment it is not touched.
    fn store(&self) -> Found {
        match environment::variable("ALTER_PAT") {
            Ok(None) => {}
            Ok(Some(_)) => return skip("ALTER_PAT is set: nothing stored is used"),
            Err(failure) => return self.failed(failure, "unset ALTER_PAT"),
        }
        if let Err(failure) = store::check() {
            return self.failed(failure, LOGIN);
        }
        let unseen = self.session.unseen().map(|unseen| format!("; {unseen}"));
        let unseen = unseen.unwrap_or_default();
        match store::file().filter(|path| path.exists()) {
            None => ok(format!("nothing is stored in a file{unseen}")),
            Some(path) => warn(
                format!(
                    "{} holds PATs as plain text, readable only by you{unseen}",
                    path.display()
                ),
                format!("{}, where a keychain is available", self.session.again(LOGIN)),
            ),
        }
    }

    fn app(
        &self,
        selected: &Result<Option<Selected>, Failure>,
        exists: Option<Result<Response, Failure>>,
    ) -> Found {
        let selected = match selected {
            Ok(Some(selected)) => selected,
            Ok(None) => return warn("none is selected", "alter link ID"),
            Err(failure) => {
                let fix = failure.advice().unwrap_or_else(|| "alter link --status".into());
                return (Status::Fail, failure.message(), Some(fix));
            }
        };
        let id = format!("{} (by {})", selected.app.text(), selected.source);
        let Some(answer) = exists else {
            let (status, why, fix) = self.unanswered();
            return (status, format!("{id}; {why}"), fix);
        };
        match answer.and_then(|response| response.accepted().map(|()| response)) {
            Ok(response) => ok(match name(&response) {
                Some(name) => format!("{name}, {id}"),
                None => id,
            }),
            Err(failure) if failure.kind() == Kind::Forbidden => {
                self.forbidden(format!("{id}; the PAT may not look at it"), failure)
            }
            Err(failure) => self.failed(failure, "alter apps list"),
        }
    }

    fn part(&mut self, path: &Request, judge: fn(&Response) -> Result<Found, Failure>) -> Found {
        let answer = self.ask(path, true);
        match answer.and_then(|response| response.accepted().and_then(|()| judge(&response))) {
            Ok((status, detail, fix)) => (status, detail, fix.map(|fix| self.on_app(&fix))),
            Err(_) if self.lost.is_some() => self.unanswered(),
            Err(failure) if failure.kind() == Kind::Forbidden => {
                self.forbidden("the PAT may not look".into(), failure)
            }
            Err(failure) => self.failed(failure, "alter auth status"),
        }
    }

    /// A command for the app that was looked at, which the flag may have named.
    fn on_app(&self, command: &str) -> String {
        let command = self.session.again(command);
        match self.session.selected() {
            Ok(Some(selected)) if selected.source == "flag" => {
                format!("{command} --app {}", shell::word(selected.app.text()))
            }
            _ => command,
        }
    }
}

fn name(response: &Response) -> Option<String> {
    json::Object::parse(response.json().ok()?)?.string("name")
}

fn clock(response: &Response) -> Found {
    let Some(theirs) = response.header("date").and_then(time::parse_http) else {
        return skip("the portal sends no date");
    };
    let skew = theirs.abs_diff(time::now());
    let detail = format!("{skew} s from the portal's");
    if skew <= MAX_SKEW { ok(detail) } else { warn(detail, SET_CLOCK) }
}

fn accepted(response: &Response, source: &str, new: &str) -> Found {
    let record = response.json().ok().and_then(json::Object::parse);
    let text = |key| record.as_ref().and_then(|record| record.string(key));
    let detail = format!("{}, from {source}", text("name").unwrap_or_else(|| "a PAT".into()));
    match text("expires_at") {
        None => ok(detail),
        Some(at) => {
            let soon = time::parse(&at).is_some_and(|instant| instant - time::now() < SOON);
            let detail = format!("{detail}, expires {at}");
            if soon { warn(detail, new) } else { ok(detail) }
        }
    }
}

/// A part of an app: the check's name, where it is listed, and what is made of the list.
type Part =
    (&'static str, fn(&crate::base::id::Id) -> Request, fn(&Response) -> Result<Found, Failure>);

const PARTS: [Part; 4] = [
    ("providers", |app| Request::of(&api::providers::LIST, &[app]), providers),
    (
        "keys",
        |app| Request::of(&api::keys::LIST, &[app]).query("status", "active").query("limit", 1000),
        keys,
    ),
    (
        "grants",
        |app| Request::of(&api::grants::LIST, &[app]).query("status", "active").query("limit", 1),
        grants,
    ),
    ("secrets", |app| Request::of(&api::managed_secrets::LIST, &[app]), secrets),
];

fn count(response: &Response) -> Result<usize, Failure> {
    let rows = json::elements(response.json()?).ok_or_else(|| response.broken("is not a list"))?;
    Ok(rows.count())
}

fn providers(response: &Response) -> Result<Found, Failure> {
    Ok(ok(format!("{} configured", count(response)?)))
}

fn secrets(response: &Response) -> Result<Found, Failure> {
    Ok(ok(format!("{} stored", count(response)?)))
}

fn grants(response: &Response) -> Result<Found, Failure> {
    let page = list::items(response)?;
    let active = page.total.unwrap_or_else(|| page.items.count() as u64);
    Ok(ok(format!("{active} active")))
}

#[derive(Deserialize)]
struct Scoped {
    id: String,
    scopes: Vec<String>,
}

fn keys(response: &Response) -> Result<Found, Failure> {
    let page = list::items(response)?;
    let scoped = page.items.clone().filter_map(|key| serde_json::from_str::<Scoped>(key.text).ok());
    let wildcards: Vec<Scoped> =
        scoped.filter(|key| key.scopes.iter().any(|scope| scope.contains('*'))).collect();
    let active = page.total.unwrap_or_else(|| page.items.count() as u64);
    let Some(first) = wildcards.first() else {
        return Ok(ok(format!("{active} active")));
    };
    Ok(warn(
        format!("{active} active, {} of them with a wildcard scope", wildcards.len()),
        format!("alter keys rotate --key {} --scopes LIST", shell::word(&first.id)),
    ))
}
