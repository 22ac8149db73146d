//! `alter keys`: the runtime API keys of an app.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::time;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::output::json::{self, Object};
use crate::output::results::Rows;
use crate::output::shell;
use crate::output::table::{self, Table, column, derived, time};
use crate::session::call::{Call, Plain};
use crate::session::one_time_secret::{Made, OneTimeSecret};
use crate::session::question::Question;
use crate::session::{Session, Verb, list};

namespace! {
    /// manage an app's runtime API keys
    Keys "keys", Session<'_>: { List, Statistics, Mint, Show, Rotate, Revoke, Rename }
}

const KEYS: Table = Table {
    noun: "keys",
    columns: &[
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("TYPE", "key_type"),
        column("PREFIX", "key_prefix"),
        column("SCOPES", "scopes").shrinks(),
        derived("STATUS", &["expires_at", "revoked_at", "deprecated_at"], status).state(),
        time("EXPIRES", "expires_at"),
        time("LAST USED", "last_used_at"),
    ],
    least: &["TYPE", "LAST USED", "PREFIX", "SCOPES", "EXPIRES"],
    first: "alter keys mint --name NAME --scopes LIST",
};

/// The keys of every app: which app it is is what is looked for.
const KEYS_OF_APPS: Table = Table {
    columns: &[
        column("APP", "app_id"),
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("PREFIX", "key_prefix"),
        derived("STATUS", &["expires_at", "revoked_at", "deprecated_at"], status).state(),
        time("EXPIRES", "expires_at"),
        time("LAST USED", "last_used_at"),
    ],
    least: &["LAST USED", "EXPIRES", "PREFIX", "ID"],
    first: "",
    ..KEYS
};

/// Characters of a key that tell which one it is, and are not secret.
const PREFIX: usize = 16;

fn status(key: &Object) -> String {
    let expired = || {
        let at = key.string("expires_at").and_then(|text| time::parse(&text));
        at.is_some_and(|at| at <= time::now())
    };
    let state = match (key.path("revoked_at"), key.path("deprecated_at")) {
        (Some(_), _) => "revoked",
        _ if expired() => "expired",
        (None, Some(_)) => "rotated",
        (None, None) => "active",
    };
    state.into()
}

/// list the app's keys
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter keys list --status active",
    example = "alter keys list --prefix alter_rk_bbp57gr"
)]
struct List {
    /// only keys of this status
    #[argh(option, arg_name = "status")]
    status: Option<String>,
    /// only keys that begin so; without --app in every app
    #[argh(option, arg_name = "prefix")]
    prefix: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::keys::LIST;
    const TABLE: Option<&Table> = Some(&KEYS);
}

impl Verb for List {
    /// Asks about every app where a key is looked for whose app is not known.
    fn run(self, session: &Session) -> Result<(), Failure> {
        let prefix =
            self.prefix.as_deref().map(|prefix| public_part(session, prefix)).transpose()?;
        let narrowed = |request: Request| {
            request.maybe("status", self.status.as_deref()).maybe("prefix", prefix)
        };
        let of_app = |app: &Id| narrowed(Request::of(Self::OPERATION, &[app]));
        let flag = session.selected()?.filter(|selected| selected.source == "flag");
        if prefix.is_none() || flag.is_some() {
            return session.pages(&of_app(&session.app()?), &KEYS);
        }
        let apps = Request::of(&api::apps::LIST, &[])
            .maybe("include_archived", Some(true))
            .maybe("include_stats", Some(false));
        session.unless_dry(&apps, || {
            let response = session.send(&apps)?;
            let apps = json::elements(response.json()?);
            let apps = apps.ok_or_else(|| response.broken("is not a list"))?;
            let mut out = Rows::new(&session.streams, &session.shape, &KEYS_OF_APPS)?;
            for app in apps {
                let app = Object::parse(app.text).and_then(|app| app.string("id"));
                let app = app.ok_or_else(|| response.broken("has an app without an id"))?;
                keys_of(session, &Id::parse("the portal's app", &app)?, &of_app, &mut out)?;
            }
            out.end(&session.streams)
        })
    }
}

/// Prints the keys of one app, with its id in each.
fn keys_of(
    session: &Session,
    app: &Id,
    request: &dyn Fn(&Id) -> Request,
    out: &mut Rows,
) -> Result<(), Failure> {
    let (limit, mut offset) = (session.page.limit, 0);
    loop {
        let response = session.send(&list::at(&request(app), limit, offset))?;
        let page = list::page(&response, limit)?;
        let with_app = |row: &str| {
            let rest = row.trim_start_matches('{');
            format!("{{\"app_id\":{},{rest}", json::quote(app.text()))
        };
        let rows: Vec<_> = page.items.map(|row| with_app(row.text)).collect();
        if !rows.is_empty() {
            out.page(json::elements(&format!("[{}]", rows.join(","))).unwrap_or_default())?;
        }
        offset += rows.len() as u64;
        if !page.has_more || rows.is_empty() {
            return Ok(());
        }
    }
}

/// Returns what of a key may be said aloud. A whole key has leaked to the shell's history by being typed.
fn public_part<'a>(session: &Session, prefix: &'a str) -> Result<&'a str, Failure> {
    let public = prefix.char_indices().nth(PREFIX).map_or(prefix, |(end, _)| &prefix[..end]);
    if public.len() < prefix.len() {
        session.streams.warn("--prefix was a whole key: only its first 16 characters are used; the shell's history has it all");
    }
    check::text("--prefix", public, PREFIX)
}

/// count the app's keys
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "statistics", example = "alter keys statistics")]
struct Statistics {}

impl Facts for Statistics {
    const OPERATION: &Operation = &api::keys::STATISTICS;
}

impl Plain for Statistics {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?])))
    }
}

/// mint a key; its secret is shown once
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "mint",
    example = "alter keys mint --name worker --scopes tokens:retrieve --expires-in 90d",
    example = "alter keys mint --name ci --scopes grants:read,audit:emit --secret-file ci.key"
)]
struct Mint {
    /// its name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// what it may do, separated by commas, of agents:read|write, approvals:read, audit:emit, connect:initiate, grants:read|write, identity:assert|resolve, idp_users:read|write, keys:admin|derive, providers:read, proxy:execute, secrets:write, spans:emit, tokens:retrieve
    #[argh(option, arg_name = "list")]
    scopes: Option<String>,
    /// what it is for [default: runtime]
    #[argh(option, arg_name = "type")]
    key_type: Option<String>,
    /// the address blocks it may be used from, separated by commas
    #[argh(option, arg_name = "list")]
    cidr: Option<String>,
    /// requests a minute it may make
    #[argh(option, arg_name = "number")]
    rate_limit_rpm: Option<String>,
    /// how long it lives: 30d, 12h, 5m
    #[argh(option, arg_name = "duration")]
    expires_in: Option<String>,
    /// until when it lives: ISO 8601
    #[argh(option, arg_name = "time")]
    expires_at: Option<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
}

impl Facts for Mint {
    const OPERATION: &Operation = &api::keys::MINT;
}

impl Plain for Mint {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (body, app) = (self.body(context)?, context.app()?);
        let request = Request::of(Self::OPERATION, &[&app]).body(body);
        Ok(Call::secret(request, minted(&app, self.secret_file)))
    }
}

impl Mint {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &["--secret-file"]);
        }
        context.given.all(&["--name", "--scopes"], "--input")?;
        context.given.at_most_one(&["--expires-in", "--expires-at"])?;
        let rpm = self.rate_limit_rpm.as_deref().and_then(|text| text.parse::<u64>().ok());
        Ok(Body::object()
            .maybe("name", self.name.as_ref())
            .maybe("scopes", list("--scopes", self.scopes.as_deref())?)
            .maybe("key_type", self.key_type.as_ref())
            .maybe("cidr_allowlist", list("--cidr", self.cidr.as_deref())?)
            .maybe("rate_limit_rpm", rpm)
            .maybe("expires_at", self.expiry()?))
    }

    fn expiry(&self) -> Result<Option<String>, Failure> {
        match (&self.expires_in, &self.expires_at) {
            (Some(duration), _) => time::from_now("--expires-in", duration).map(Some),
            (None, Some(at)) => time::to_come("--expires-at", at).map(Some),
            (None, None) => Ok(None),
        }
    }
}

fn minted(app: &Id, file: Option<String>) -> OneTimeSecret {
    let app = shell::word(app.text());
    OneTimeSecret {
        given: false,
        thing: "key",
        secret: "api_key",
        id: Made::Under("id"),
        file,
        undo: format!("alter keys revoke --app {app} --key"),
        also: None,
    }
}

/// show one key, without its secret
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter keys show --key KEY_ID")]
struct Show {
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::keys::SHOW;
    const OPERAND: Option<&str> = Some("--key");
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?, &key(&self.key)?])))
    }
}

/// replace a key by a new one; the old one works on for a grace period
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "rotate",
    example = "alter keys rotate --key KEY_ID --secret-file worker.key",
    example = "alter keys rotate --key LEAKED_KEY_ID --overlap-days 0 --secret-file worker.key"
)]
struct Rotate {
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
    /// what the new key may do, when not the same; the scopes there are: alter keys mint --help
    #[argh(option, arg_name = "list")]
    scopes: Option<String>,
    /// days that the old key works on [default: 7]
    #[argh(option, arg_name = "0..30")]
    overlap_days: Option<String>,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
}

impl Facts for Rotate {
    const OPERATION: &Operation = &api::keys::ROTATE;
    const OPERAND: Option<&str> = Some("--key");
}

impl Plain for Rotate {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let app = context.app()?;
        let scopes = list("--scopes", self.scopes.as_deref())?;
        let days = self.overlap_days.as_deref().and_then(|days| days.parse::<u64>().ok());
        let request = Request::of(Self::OPERATION, &[&app, &key(&self.key)?])
            .body(Body::object().maybe("scopes", scopes).maybe("overlap_days", days));
        let once = OneTimeSecret { also: Some(overlap), ..minted(&app, self.secret_file) };
        Ok(Call::secret(request, once))
    }
}

/// Says until when the key that was replaced works, and how to end it now.
fn overlap(minted: &Object, revoke: &str) -> Option<String> {
    let old = shell::word(&minted.string("rotated_from.id")?);
    let until = minted.string("rotated_from.grace_until")?;
    let now = time::parse(&until).is_some_and(|until| until <= time::now());
    Some(if now {
        "The old key no longer works.".into()
    } else {
        let until = table::minutes(&until);
        format!("The old key works until {until}; to end it now: {revoke} {old} --yes")
    })
}

/// revoke a key and every key derived from it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "revoke", example = "alter keys revoke --key KEY_ID --yes")]
struct Revoke {
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
    /// also when it is the last active key
    #[argh(switch)]
    force: bool,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Revoke {
    const OPERATION: &Operation = &api::keys::REVOKE;
    const OPERAND: Option<&str> = Some("--key");
}

impl Plain for Revoke {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let key = key(&self.key)?;
        let ids = [&context.app()?, &key];
        let question = Question::new("Revoke key", &key, "Keys derived from it go too.");
        Ok(Call::delete(Request::of(Self::OPERATION, &ids))
            .switch("force", self.force)
            .confirm(question.look_up(Request::of(&api::keys::SHOW, &ids)), self.yes))
    }
}

/// rename a key; its secret stays
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "rename", example = "alter keys rename --key KEY_ID --name worker-2")]
struct Rename {
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
    /// its new name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: String,
}

impl Facts for Rename {
    const OPERATION: &Operation = &api::keys::RENAME;
    const OPERAND: Option<&str> = Some("--key");
}

impl Plain for Rename {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let body = Body::object().with("name", self.name);
        Ok(Call::object(
            Request::of(Self::OPERATION, &[&context.app()?, &key(&self.key)?]).body(body),
        ))
    }
}

fn key(key: &str) -> Result<Id, Failure> {
    Id::parse("--key", key)
}

fn list(flag: &str, words: Option<&str>) -> Result<Option<Vec<String>>, Failure> {
    words.map(|words| check::list(flag, words)).transpose()
}
