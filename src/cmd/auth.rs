//! `alter auth`: signing in, and the sign-ins that are stored.

use std::time::Duration;

use argh::{ArgsInfo, FromArgs};
use serde::Serialize;

use super::pats;
use crate::api;
use crate::api::operation::Operation;
use crate::auth::account::Account;
use crate::auth::login::{self, Ask};
use crate::auth::page::Fact;
use crate::auth::scopes;
use crate::auth::source::Source;
use crate::auth::store::{self, Forgotten, Stored};
use crate::base::environment;
use crate::base::failure::{Failure, Kind};
use crate::base::secret::{Pat, Secret};
use crate::cli::context::LOGIN;
use crate::cli::flags_seen::Given;
use crate::cli::suggest::nearest;
use crate::cli::tree::Facts;
use crate::cli::tree::{Declaration, Declared};
use crate::http::request::Request;
use crate::input::{check, intake};
use crate::output::json::Object;
use crate::output::prompt;
use crate::output::results;
use crate::output::table::{Table, column};
use crate::session::Session;
use crate::session::Verb;

namespace! {
    /// sign in, and manage stored sign-ins
    Auth "auth", Session<'_>: { Login, Status, List, Logout }
}

const DEFAULT_WAIT: u64 = 300;
const VARIABLE_WINS: &str = "ALTER_PAT is set, and wins over what is stored";

const SIGN_INS: Table = Table {
    noun: "stored sign-ins",
    columns: &[
        column("ORIGIN", "origin"),
        column("PROFILE", "profile"),
        column("PLACE", "place"),
        column("IN USE", "in_use"),
    ],
    least: &[],
    first: "alter auth login",
};

/// sign in through the browser, or with a PAT that you have
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "login",
    example = "alter auth login",
    example = "alter auth login --scopes dashboard_apps:read,dashboard_audit:read",
    example = "alter auth login --token-stdin < pat.txt"
)]
struct Login {
    /// what the PAT may do, names separated by commas [default: every read and write scope]
    #[argh(option, arg_name = "scopes")]
    scopes: Option<String>,
    /// what the PAT may do beside what the stored one may, names separated by commas
    #[argh(option, arg_name = "scopes")]
    add_scopes: Option<String>,
    /// print the address instead of opening the browser
    #[argh(switch)]
    no_browser: bool,
    /// the local port that the browser answers to [default: a free one]
    #[argh(option, arg_name = "1..65535")]
    port: Option<u16>,
    /// seconds to wait for the browser [default: 300]
    #[argh(option, arg_name = "1..86400")]
    timeout: Option<u64>,
    /// a file that holds the PAT
    #[argh(option, arg_name = "path")]
    token_file: Option<String>,
    /// read the PAT from standard input
    #[argh(switch)]
    token_stdin: bool,
    /// the PAT itself; other users and the shell's history can see it
    #[argh(option, arg_name = "pat")]
    token: Option<Secret>,
}

impl Declared for Login {}

impl Login {
    fn run(self, session: &Session) -> Result<(), Failure> {
        Self::check_flags(&session.given)?;
        let account = account(session)?;
        let named = self.named(&session.given)?;
        let given = self.given(session)?;
        if given.is_none() {
            self.check_browser(session)?;
        }
        if session.dry_run {
            let first = if given.is_some() {
                String::new()
            } else {
                let dashboard = session.dashboard_url()?;
                format!("the browser would be opened at {dashboard}/cli/authorize, ")
            };
            session.streams.note(&format!(
                "dry run: {first}the PAT would be checked, and stored for {account}"
            ));
            return session.object(&check());
        }
        store::check_writable().map_err(|failure| session.with_login(failure))?;
        if let Some(pat) = given {
            return sign_in(session, &account, &pat, Way::Given).map(drop);
        }
        let dashboard = session.dashboard_url()?;
        let ask = Ask {
            scopes: named.all(session, &account)?,
            open: !self.no_browser,
            port: self.port,
            command: session.again(LOGIN),
            wait: Duration::from_secs(self.timeout.unwrap_or(DEFAULT_WAIT)),
        };
        let arrival = login::through_browser(&session.streams, &dashboard, &ask)?;
        match sign_in(session, &account, &arrival.pat, Way::Browser) {
            Ok(who) => arrival.show_signed_in(who),
            Err(failure) => {
                arrival.show_failed();
                return Err(failure);
            }
        }
        Ok(())
    }

    fn named(&self, given: &Given) -> Result<Named, Failure> {
        given.at_most_one(&["--add-scopes", "--scopes"])?;
        Ok(match (&self.scopes, &self.add_scopes) {
            (Some(list), _) => Named::Exactly(wanted("--scopes", list)?),
            (None, Some(list)) => Named::More(wanted("--add-scopes", list)?),
            (None, None) => Named::Exactly(scopes::default_set()),
        })
    }

    /// Refuses to wait for a browser where there is nobody to use one.
    fn check_browser(&self, session: &Session) -> Result<(), Failure> {
        if environment::switch("CI")? && (self.no_browser || !login::finds_browser()?) {
            return Err(login::nobody_there(&session.again(LOGIN)));
        }
        Ok(())
    }

    /// A token comes one way, and needs nothing of the browser's flags.
    fn check_flags(given: &Given) -> Result<(), Failure> {
        const TOKENS: [&str; 3] = ["--token-file", "--token-stdin", "--token"];
        const BROWSER: [&str; 5] =
            ["--scopes", "--add-scopes", "--no-browser", "--port", "--timeout"];
        let Some(one) = TOKENS.iter().find(|flag| given.has(flag)) else {
            return Ok(());
        };
        let mut others = TOKENS.iter().chain(&BROWSER).filter(|flag| *flag != one);
        match others.find(|flag| given.has(flag)) {
            Some(other) => Err(Failure::usage(*other, format!("cannot be combined with {one}"))),
            None => Ok(()),
        }
    }

    fn given(&self, session: &Session) -> Result<Option<Pat>, Failure> {
        let read = |flag, bytes| Pat::parse(flag, &intake::secret_text(flag, bytes)?).map(Some);
        if let Some(path) = &self.token_file {
            return read("--token-file", intake::file("--token-file", path)?);
        }
        if self.token_stdin {
            let typed = session.streams.stdin_is_terminal();
            let bytes = if typed {
                prompt::secret(
                    &session.streams,
                    "Paste the PAT (it is not shown):",
                    "--token-file",
                )?
            } else {
                session.intake.stdin("--token-stdin")?
            };
            return read("--token-stdin", bytes);
        }
        if let Some(text) = &self.token {
            session.streams.warn(
                "--token shows the PAT to whoever can run ps, and leaves it in the shell's history; use --token-stdin",
            );
            return Pat::parse("--token", text.expose()).map(Some);
        }
        Ok(None)
    }
}

/// The scopes that the flags name.
enum Named {
    Exactly(Vec<String>),
    /// These beside those that the stored PAT has: the advice of one refusal must not undo that of the last.
    More(Vec<String>),
}

impl Named {
    fn all(self, session: &Session, account: &Account) -> Result<Vec<String>, Failure> {
        let more = match self {
            Named::Exactly(scopes) => return Ok(scopes),
            Named::More(more) => more,
        };
        let mut scopes = match store::stored_pat(account)? {
            Some(pat) => granted(session, account, &pat)?,
            None => scopes::default_set(),
        };
        for scope in more {
            if !scopes::allows(&scopes, &scope) {
                scopes.push(scope);
            }
        }
        Ok(scopes)
    }
}

/// Returns the scopes of a stored PAT, as its record or the refusal to show that tells them.
fn granted(session: &Session, account: &Account, pat: &Pat) -> Result<Vec<String>, Failure> {
    let response = session.client()?.send(&session.streams, &check(), Some(pat))?;
    let held = match response.status {
        200 => Object::parse(response.json()?)
            .and_then(|record| serde_json::from_str::<Vec<String>>(record.get("scopes")?).ok()),
        403 => Some(response.error().granted),
        401 => None,
        _ => return response.accepted().map(|()| Vec::new()),
    };
    Ok(held.filter(|scopes| !scopes.is_empty()).unwrap_or_else(|| {
        session.streams.warn(&format!(
            "the scopes of the PAT stored for {account} are not known: the default set is asked for beside the new ones"
        ));
        scopes::default_set()
    }))
}

/// The scopes of a list, each of which must exist.
fn wanted(flag: &str, list: &str) -> Result<Vec<String>, Failure> {
    let scopes = check::list(flag, list)?;
    let unknown = scopes.iter().position(|scope| !scopes::is_known(scope));
    let Some(at) = unknown else {
        return Ok(scopes);
    };
    let known = scopes::all();
    Err(match nearest(&scopes[at], known.iter().map(String::as_str)) {
        Some(meant) => {
            Failure::usage(flag, format!("there is no `{}`; did you mean `{meant}`?", scopes[at]))
        }
        None => Failure::usage(flag, format!("entry {} is no scope", at + 1)),
    }
    .fix(format!("choose from {}", known.join(", "))))
}

fn account(session: &Session) -> Result<Account, Failure> {
    Ok(Account::new(&session.base_url()?, &session.profile()?))
}

fn check() -> Request {
    Request::of(&api::pats::SHOW_THIS, &[])
}

/// How a PAT came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Given,
    Browser,
}

/// Has the portal check a PAT, and keeps it only if that goes well; whose it is.
fn sign_in(
    session: &Session,
    account: &Account,
    pat: &Pat,
    way: Way,
) -> Result<Vec<Fact>, Failure> {
    let overridden = environment::is_set("ALTER_PAT");
    let holder = holder(session, pat)?;
    if way == Way::Browser {
        // Another user of this machine can send the browser's answer too, with a PAT of their own.
        session.streams.note(&format!("The browser gave a PAT{}.", holder.named()));
        confirm_other_holder(session, account, &holder)?;
    }
    let place = store::save(&session.streams, account, pat)?;
    let (named, place) = (holder.named(), place.name());
    session.streams.note(&format!("Signed in to {account}{named}. The PAT is in the {place}."));
    if overridden {
        session.streams.warn(VARIABLE_WINS);
    }
    let who = [
        ("Account", holder.email),
        ("Organisation", holder.organization),
        ("Portal", Some(account.origin.to_string())),
        ("Profile", Some(account.profile.clone())),
    ];
    Ok(who.into_iter().filter_map(|(term, text)| Some((term, text?))).collect())
}

/// Whose a PAT is, as far as the portal says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Holder {
    email: Option<String>,
    organization: Option<String>,
}

impl Holder {
    fn named(&self) -> String {
        let email = self.email.as_ref().map(|email| format!(" as {email}"));
        let organization = self.organization.as_ref().map(|name| format!(" of {name}"));
        email.unwrap_or_default() + &organization.unwrap_or_default()
    }
}

fn holder(session: &Session, pat: &Pat) -> Result<Holder, Failure> {
    let response = session.client()?.send(&session.streams, &check(), Some(pat))?;
    let record = pats::record(&response).map_err(|failure| match failure.kind() {
        Kind::Auth => failure.fix(format!(
            "give a PAT from the dashboard that is valid, or sign in through the browser with {}",
            session.again(LOGIN)
        )),
        _ => failure,
    })?;
    let record = record.as_deref().and_then(Object::parse);
    let text = |path| record.as_ref().and_then(|record| record.string(path));
    Ok(Holder { email: text("user.email"), organization: text("organization.name") })
}

/// Asks before a sign-in takes the place of one of somebody else.
fn confirm_other_holder(session: &Session, account: &Account, new: &Holder) -> Result<(), Failure> {
    let stored = store::stored_pat(account).ok().flatten();
    let stored = stored.and_then(|pat| holder(session, &pat).ok());
    let Some(stored) = stored.filter(|stored| *stored != Holder::default() && stored != new) else {
        return Ok(());
    };
    let question = format!("You are signed in{} so far. Replace that sign-in?", stored.named());
    if session.streams.stdin_is_terminal() && session.streams.stderr_is_terminal() {
        return prompt::confirm(&session.streams, &question, "--token-stdin");
    }
    session.streams.warn(&format!("this replaces the sign-in{}", stored.named()));
    Ok(())
}

/// show who is signed in, and where the PAT was found
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "status", example = "alter auth status --output table")]
struct Status {}

impl Facts for Status {
    const OPERATION: &Operation = &api::pats::SHOW_THIS;
}

impl Verb for Status {
    fn run(self, session: &Session) -> Result<(), Failure> {
        pats::whoami(session)
    }
}

/// list every stored sign-in; no request is made
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter auth list")]
struct List {}

impl Declared for List {
    fn declared() -> Declaration {
        Declaration { table: Some(&SIGN_INS), ..Declaration::default() }
    }
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let account = account(session)?;
        let stored = store::list(&session.streams, &account)?;
        let variable = environment::is_set("ALTER_PAT");
        let rows: Vec<_> =
            stored.iter().map(|stored| Row::new(stored, stored.current && !variable)).collect();
        results::list(&session.streams, &session.shape, &SIGN_INS, &rows)?;
        if variable {
            session.streams.warn(VARIABLE_WINS);
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Row<'a> {
    origin: String,
    profile: &'a str,
    place: &'static str,
    in_use: bool,
}

impl<'a> Row<'a> {
    fn new(stored: &'a Stored, in_use: bool) -> Self {
        Self {
            origin: stored.account.origin.to_string(),
            profile: &stored.account.profile,
            place: stored.place.name(),
            in_use,
        }
    }
}

/// forget the stored sign-in; the PAT itself goes on working until it is deleted in the dashboard
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "logout", example = "alter auth logout --profile other")]
struct Logout {}

impl Declared for Logout {}

impl Logout {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let account = account(session)?;
        if session.dry_run {
            session
                .streams
                .note(&format!("dry run: the sign-in stored for {account} would be deleted"));
            return Ok(());
        }
        let Forgotten { places, unseen } = store::forget(&account)?;
        if places.is_empty() {
            let seen = if unseen.is_some() { " in the file" } else { "" };
            session.streams.note(&format!("Nothing is stored for {account}{seen}."));
        } else {
            let places: Vec<_> = places.into_iter().map(Source::name).collect();
            session.streams.note(&format!(
                "Signed out of {account}: the PAT is gone from the {}. It still works until it is deleted in the dashboard.",
                places.join(" and the ")
            ));
        }
        if let Some(unseen) = unseen {
            session.streams.warn(&unseen);
        }
        if environment::is_set("ALTER_PAT") {
            session.streams.warn("ALTER_PAT is still set, so commands stay signed in");
        }
        Ok(())
    }
}
