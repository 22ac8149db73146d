//! `alter apps`: the applications of the organisation.

use argh::{ArgsInfo, FromArgs};

use crate::base::failure::{Failure, Kind};
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::http::request::{Body, Request};
use crate::http::routes;
use crate::input::check;
use crate::output::json::Object;
use crate::output::table::{Table, column, time};
use crate::session::call::{Call, Plain};
use crate::session::typed_name::TypedDeletion;
use crate::session::{Session, Verb as _};

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
};

const MAX_NAME: usize = 120;

/// list the organisation's apps
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    note = "scope: dashboard_apps:read",
    example = "alter apps list --include-archived"
)]
struct List {
    /// also list archived apps
    #[argh(switch)]
    include_archived: bool,
    /// leave the counts out, which is faster
    #[argh(switch)]
    no_include_stats: bool,
}

impl Plain for List {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        let request = Request::get(routes::apps())
            .maybe("include_archived", self.include_archived.then_some(true))
            .maybe("include_stats", self.no_include_stats.then_some(false));
        Ok(Call::rows(request, &APPS))
    }
}

/// create an app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    note = "scope: dashboard_apps:write",
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

impl Plain for Create {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        let body = Body::object()
            .with("name", check::text("--name", &self.name, MAX_NAME)?)
            .maybe("description", self.description)
            .maybe("website_url", website(self.website_url.as_deref())?);
        Ok(Call::object(Request::post(routes::apps()).body(body)))
    }
}

/// show one app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "show",
    note = "scope: dashboard_apps:read",
    example = "alter apps show APP_ID --output table"
)]
struct Show {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Plain for Show {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::get(routes::app(&app(&self.app)?))))
    }
}

/// change an app's name, description or website
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    note = "scope: dashboard_apps:write",
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

impl Plain for Update {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let app = app(&self.app)?;
        context.given.one_of("nothing to change", &["--name", "--description", "--website-url"])?;
        let name =
            self.name.as_deref().map(|name| check::text("--name", name, MAX_NAME)).transpose()?;
        let body = Body::object()
            .maybe("name", name)
            .maybe("description", self.description)
            .maybe("website_url", new_website(self.website_url.as_deref())?);
        Ok(Call::object(Request::patch(routes::app(&app)).body(body)))
    }
}

/// archive an app: nothing is deleted, and every credential request to it is denied
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "archive",
    note = "scope: dashboard_apps:write",
    example = "alter apps archive APP_ID"
)]
struct Archive {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Plain for Archive {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::post(routes::archive(&app(&self.app)?))))
    }
}

/// bring an archived app back
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "unarchive",
    note = "scope: dashboard_apps:write",
    example = "alter apps unarchive APP_ID"
)]
struct Unarchive {
    /// the app's id
    #[argh(positional)]
    app: String,
}

impl Plain for Unarchive {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::post(routes::unarchive(&app(&self.app)?))))
    }
}

/// delete an app with everything in it; asks for its name
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "delete",
    note = "scope: dashboard_apps:delete",
    example = "alter apps delete APP_ID --confirm Billing"
)]
struct Delete {
    /// the app's id
    #[argh(positional)]
    app: String,
    /// the app's exact name, instead of typing it at the prompt
    #[argh(option, arg_name = "name")]
    confirm: Option<String>,
}

impl Delete {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let app = app(&self.app)?;
        let compared = self.confirm.is_some();
        let deletion = TypedDeletion {
            id: &app,
            path: routes::app(&app),
            what: "the app's name",
            confirm: self.confirm,
        };
        deletion.run(session, || look_up(session, &app, compared))
    }
}

/// The app's name, after showing what goes with it; `None` when the PAT may delete but not read
/// and the portal compares the name that was given.
fn look_up(session: &Session, app: &Id, compared: bool) -> Result<Option<String>, Failure> {
    let response = match session.send(&Request::get(routes::app(app))) {
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

/// An empty one clears.
fn new_website(url: Option<&str>) -> Result<Option<&str>, Failure> {
    if url == Some("") { Ok(url) } else { website(url) }
}

fn website(url: Option<&str>) -> Result<Option<&str>, Failure> {
    url.map(|url| check::web_url("--website-url", url)).transpose()
}
