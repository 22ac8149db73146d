//! `alter apps`: the applications of the organisation.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::{Failure, Kind};
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::output::json::{self, Object};
use crate::output::results;
use crate::output::table::{Table, column, time};
use crate::session::Session;
use crate::session::Verb;
use crate::session::call::{Call, Plain};
use crate::session::typed_name::TypedDeletion;

namespace! {
    /// manage applications
    Apps "apps", Session<'_>: { List, Create, Show, Update, Archive, Unarchive, Delete }
}

const APPS: Table = Table {
    noun: "apps",
    columns: &[
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("STATUS", "status").state(),
        column("GRANTS", "stats.grants"),
        column("KEYS", "stats.keys"),
        column("API CALLS", "stats.api_calls"),
        time("CREATED", "created_at"),
    ],
    least: &["API CALLS", "CREATED", "KEYS", "GRANTS"],
    first: "alter apps create --name NAME",
};

/// list the organisation's apps
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter apps list --include-archived")]
struct List {
    /// also list archived apps
    #[argh(switch)]
    include_archived: bool,
    /// leave the counts out, which is faster
    #[argh(switch)]
    no_include_stats: bool,
    /// only apps of exactly this name
    #[argh(option, arg_name = "name")]
    name: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::apps::LIST;
    const TABLE: Option<&Table> = Some(&APPS);
}

impl Verb for List {
    /// Keeps the apps of a name here: the portal has no such filter.
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = Request::of(Self::OPERATION, &[])
            .maybe("include_archived", self.include_archived.then_some(true))
            .maybe("include_stats", self.no_include_stats.then_some(false));
        let Some(name) = &self.name else {
            return session.rows(&request, &APPS);
        };
        session.unless_dry(&request, || {
            let response = session.send(&request)?;
            let rows = json::elements(response.json()?);
            let rows = rows.ok_or_else(|| response.broken("is not a list"))?;
            let named = rows.map(|row| row.text).filter(|row| is_named(row, name));
            let found = format!("[{}]", named.collect::<Vec<_>>().join(","));
            let found = json::elements(&found).unwrap_or_default();
            results::rows(&session.streams, &session.shape, &APPS, found)
        })
    }
}

fn is_named(app: &str, name: &str) -> bool {
    Object::parse(app).and_then(|app| app.string("name")).is_some_and(|found| found == name)
}

/// create an app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter apps create --name Billing --website-url https://billing.example"
)]
struct Create {
    /// its name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: String,
    /// what it is for
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// its website, http or https
    #[argh(option, arg_name = "url")]
    website_url: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::apps::CREATE;
}

impl Verb for Create {
    /// Looks afterwards for another app of the name, which a script that is run again makes.
    fn run(self, session: &Session) -> Result<(), Failure> {
        let body = Body::object()
            .with("name", &self.name)
            .maybe("description", self.description)
            .maybe("website_url", self.website_url);
        session.object(&Request::of(Self::OPERATION, &[]).body(body))?;
        if !session.dry_run {
            name_twin(session, &self.name);
        }
        Ok(())
    }
}

/// Names another app of this name. A look-up that fails says nothing: the app is made.
fn name_twin(session: &Session, name: &str) {
    let list = Request::of(&api::apps::LIST, &[]).maybe("include_stats", Some(false));
    let found = session.look_up(&list);
    let apps = found.as_ref().and_then(|found| json::elements(found.json().ok()?));
    let named: Vec<_> = apps.into_iter().flatten().filter(|app| is_named(app.text, name)).collect();
    if let [first, _, ..] = named.as_slice()
        && let Some(id) = Object::parse(first.text).and_then(|app| app.string("id"))
    {
        session.streams.note(&format!(
            "There is another app of this name: {id}. alter apps list --name finds both."
        ));
    }
}

/// show one app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter apps show APP_ID --output table")]
struct Show {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::apps::SHOW;
}

impl Plain for Show {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&app(&self.app)?])))
    }
}

/// change an app's name, description or website
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    example = "alter apps update APP_ID --name Invoices --description ''"
)]
struct Update {
    /// the app's id
    #[argh(positional)]
    app: String,
    /// its new name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// its new description; an empty one clears it
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// its new website, http or https; an empty one clears it
    #[argh(option, arg_name = "url")]
    website_url: Option<String>,
}

impl Facts for Update {
    const OPERATION: &Operation = &api::apps::UPDATE;
}

impl Plain for Update {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let app = app(&self.app)?;
        context.given.one_of("nothing to change", &["--name", "--description", "--website-url"])?;
        let body = Body::object()
            .maybe("name", self.name)
            .maybe("description", self.description)
            .maybe("website_url", self.website_url);
        Ok(Call::object(Request::of(Self::OPERATION, &[&app]).body(body)))
    }
}

/// archive an app: nothing is deleted, and every credential request to it is denied
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "archive", example = "alter apps archive APP_ID")]
struct Archive {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Facts for Archive {
    const OPERATION: &Operation = &api::apps::ARCHIVE;
}

impl Plain for Archive {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&app(&self.app)?])))
    }
}

/// bring an archived app back
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "unarchive", example = "alter apps unarchive APP_ID")]
struct Unarchive {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Facts for Unarchive {
    const OPERATION: &Operation = &api::apps::UNARCHIVE;
}

impl Plain for Unarchive {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&app(&self.app)?])))
    }
}

/// delete an app with everything in it; asks for its name
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "delete", example = "alter apps delete APP_ID --confirm Billing")]
struct Delete {
    /// the app's id
    #[argh(positional)]
    app: String,
    /// the app's exact name, instead of typing it at the prompt
    #[argh(option, arg_name = "name")]
    confirm: Option<String>,
}

impl Facts for Delete {
    const OPERATION: &Operation = &api::apps::DELETE;
}

impl Verb for Delete {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let app = app(&self.app)?;
        let compared = self.confirm.is_some();
        let deletion = TypedDeletion {
            id: &app,
            deletion: Request::of(Self::OPERATION, &[&app]),
            what: "the app's name",
            confirm: self.confirm,
        };
        deletion.run(session, || look_up(session, &app, compared))
    }
}

/// The app's name, after showing what goes with it; `None` when the PAT may delete but not read
/// and the portal compares the name that was given.
fn look_up(session: &Session, app: &Id, compared: bool) -> Result<Option<String>, Failure> {
    let response = match session.send(&Request::of(&api::apps::SHOW, &[app])) {
        Err(failure) if failure.kind() == Kind::Forbidden && compared => {
            return Ok(None);
        }
        response => response?,
    };
    let shown = Object::parse(response.json()?).ok_or_else(|| response.broken("is not an app"))?;
    let count = |path| shown.path(path).unwrap_or("its").to_owned();
    session.streams.note(&format!(
        "Deleting {} deletes all of it: grants ({}), keys ({}), and every secret, agent and audit row.",
        shown.string("name").unwrap_or_default(),
        count("stats.grants"),
        count("stats.keys"),
    ));
    Ok(shown.string("name"))
}

fn app(app: &str) -> Result<Id, Failure> {
    Id::parse("<app>", app)
}
