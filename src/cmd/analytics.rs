//! `alter analytics`: the audit log in numbers.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::time;
use crate::cli::tree::App;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::series::{self, Series};
use crate::session::Session;
use crate::session::Verb;

namespace! {
    /// see the audit log in numbers
    Analytics "analytics", Session<'_>: { ApiCalls, ByProvider, ByApp, Summary, Policy, Latency, Errors, Dashboard }
}

const CALLS: Series =
    Series { keys: &["bucket", "total", "success", "failure"], bars: Some("total") };
const PROVIDERS: Series = plain(&["provider_id", "name", "total", "success", "failure"]);
const APPS: Series = plain(&["app_id", "name", "total", "success", "failure"]);
const OTHER: Series = plain(&[]);

const fn plain(keys: &'static [&'static str]) -> Series {
    Series { keys, bars: None }
}

/// count API calls over time
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "api-calls",
    example = "alter analytics api-calls --granularity week --output table"
)]
struct ApiCalls {
    /// only calls to this provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
    /// the span of one row [default: day]
    #[argh(option, arg_name = "span")]
    granularity: Option<String>,
}

impl Facts for ApiCalls {
    const OPERATION: &Operation = &api::analytics::API_CALLS;
}

impl Verb for ApiCalls {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = Request::of(Self::OPERATION, &[])
            .maybe("app_id", session.app_filter()?)
            .maybe("provider", self.provider);
        let request = within(request, self.start.as_deref(), self.end.as_deref())?;
        show(session, &request.maybe("granularity", self.granularity), CALLS)
    }
}

/// count calls by provider
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "by-provider",
    example = "alter analytics by-provider --start 2026-05-01 --output table"
)]
struct ByProvider {
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for ByProvider {
    const OPERATION: &Operation = &api::analytics::BY_PROVIDER;
}

impl Verb for ByProvider {
    fn run(self, session: &Session) -> Result<(), Failure> {
        of_an_app(session, Self::OPERATION, self.start.as_deref(), self.end.as_deref(), PROVIDERS)
    }
}

/// count calls by app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "by-app", example = "alter analytics by-app --output table")]
struct ByApp {
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for ByApp {
    const OPERATION: &Operation = &api::analytics::BY_APP;
    const APP: Option<App> = Some(App::Unused);
}

impl Verb for ByApp {
    fn run(self, session: &Session) -> Result<(), Failure> {
        refuse_app(session)?;
        let request = Request::of(Self::OPERATION, &[]);
        show(session, &within(request, self.start.as_deref(), self.end.as_deref())?, APPS)
    }
}

/// show the few numbers of the last 30 days that matter most
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "summary", example = "alter analytics summary")]
struct Summary {}

impl Facts for Summary {
    const OPERATION: &Operation = &api::analytics::SUMMARY;
    const APP: Option<App> = Some(App::Unused);
}

impl Verb for Summary {
    fn run(self, session: &Session) -> Result<(), Failure> {
        refuse_app(session)?;
        show(session, &Request::of(Self::OPERATION, &[]), OTHER)
    }
}

/// count what the policy allowed and denied
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "policy", example = "alter analytics policy --output table")]
struct Policy {
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Policy {
    const OPERATION: &Operation = &api::analytics::POLICY;
}

impl Verb for Policy {
    fn run(self, session: &Session) -> Result<(), Failure> {
        of_an_app(session, Self::OPERATION, self.start.as_deref(), self.end.as_deref(), OTHER)
    }
}

/// show how long calls take: on average, and all but the slowest half, 5 % and 1 %
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "latency", example = "alter analytics latency")]
struct Latency {
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Latency {
    const OPERATION: &Operation = &api::analytics::LATENCY;
}

impl Verb for Latency {
    fn run(self, session: &Session) -> Result<(), Failure> {
        of_an_app(session, Self::OPERATION, self.start.as_deref(), self.end.as_deref(), OTHER)
    }
}

/// count failed calls by status and by provider
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "errors", example = "alter analytics errors --start 2026-05-01")]
struct Errors {
    /// only calls from this time on: ISO 8601 [default: 30 days ago]
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only calls before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Errors {
    const OPERATION: &Operation = &api::analytics::ERRORS;
}

impl Verb for Errors {
    fn run(self, session: &Session) -> Result<(), Failure> {
        of_an_app(session, Self::OPERATION, self.start.as_deref(), self.end.as_deref(), OTHER)
    }
}

/// show what the first page of the dashboard counts: apps, users, connections, providers, calls
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "dashboard", example = "alter analytics dashboard")]
struct Dashboard {}

impl Facts for Dashboard {
    const OPERATION: &Operation = &api::analytics::DASHBOARD;
    const APP: Option<App> = Some(App::Unused);
}

impl Verb for Dashboard {
    fn run(self, session: &Session) -> Result<(), Failure> {
        refuse_app(session)?;
        show(session, &Request::of(Self::OPERATION, &[]), OTHER)
    }
}

/// An analysis that an app and a window narrow.
fn of_an_app(
    session: &Session,
    operation: &'static Operation,
    start: Option<&str>,
    end: Option<&str>,
    series: Series,
) -> Result<(), Failure> {
    let request = Request::of(operation, &[]).maybe("app_id", session.app_filter()?);
    show(session, &within(request, start, end)?, series)
}

fn within(request: Request, start: Option<&str>, end: Option<&str>) -> Result<Request, Failure> {
    let window = time::window(None, start, end)?;
    Ok(request.maybe("start", window.start).maybe("end", window.end))
}

/// A filter without effect would be taken for one with.
fn refuse_app(session: &Session) -> Result<(), Failure> {
    match session.app_filter()? {
        Some(_) => Err(Failure::usage("--app", "does not narrow this one: it is about every app")),
        None => Ok(()),
    }
}

/// Prints the analysis; as a table its main series, or itself where it has none.
fn show(session: &Session, request: &Request, drawn: Series) -> Result<(), Failure> {
    session.unless_dry(request, || {
        let response = session.send(request)?;
        let document = response.json()?;
        match series::main(document).filter(|_| session.shape.is_tabular()) {
            Some(rows) => series::print(&session.streams, &session.shape, drawn, rows),
            None => session.print_object(document),
        }
    })
}
