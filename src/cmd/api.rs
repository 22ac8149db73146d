//! `alter api`: any request to the portal, for what has no verb of its own.

use argh::{ArgsInfo, FromArgs};

use crate::api::PREFIX;
use crate::api::method::Method;
use crate::base::failure::Failure;
use crate::cli::tree::Declared;
use crate::http::request::{Body, Request};
use crate::http::response::Response;
use crate::input::header;
use crate::input::intake::JsonType;
use crate::output::json;
use crate::output::results::{Format, Shape};
use crate::output::table::ANY_ROWS;
use crate::protocol::inject::is_framing;
use crate::session::{Session, paginate};

/// send any request to the portal and print the body that comes back
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "api",
    example = "alter api GET /apps",
    example = "alter api PATCH /apps/APP_ID --input @app.json",
    example = "alter api GET '/audit/events?limit=1000' --all --output jsonl"
)]
pub(super) struct Api {
    /// GET, POST, PUT, PATCH or DELETE
    #[argh(positional)]
    method: String,
    /// the path below /api/v1, with its query
    #[argh(positional)]
    path: String,
    /// the body, a JSON object: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
    /// one more header, as 'Name: value'
    #[argh(option, arg_name = "header")]
    header: Vec<String>,
    /// every page of a paged list, as one list of rows
    #[argh(switch)]
    all: bool,
}

/// Headers that the client sets itself, beside those that frame the request.
const RESERVED: &[&str] = &["accept-encoding", "authorization", "content-type"];

impl Declared for Api {}

impl Api {
    /// Sends the request.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let mut request = Request::to(method(&self.method)?, path(&self.path)?);
        for header in &self.header {
            let reserved = |name: &str| is_framing(name) || RESERVED.contains(&name);
            request.headers.push(header::parse("--header", header, reserved)?);
        }
        if let Some(input) = &self.input {
            let body = session.intake.json("--input", input, JsonType::Object)?;
            request = request.body(Body::document(&body));
        }
        if self.all {
            let shape = self.shape(session, &request)?;
            return session
                .unless_dry(&request, || paginate::all(session, &request, &ANY_ROWS, &shape, 0));
        }
        let rows_only = match session.shape.format {
            Some(Format::Table) => Some("--output table"),
            Some(Format::Csv) => Some("--output csv"),
            _ => session.shape.fields.as_ref().map(|_| "--fields"),
        };
        if let Some(flag) = rows_only {
            return Err(Failure::usage(flag, "has no meaning for a body that is printed as it is")
                .fix("leave it out, or add --all for a list"));
        }
        session.unless_dry(&request, || {
            let Some(response) = session.send_unless_done(&request)? else {
                return Ok(());
            };
            if let Some(coding) = response.coding() {
                session
                    .streams
                    .warn(&format!("the body is compressed ({coding}), which was not asked for"));
            }
            print(session, &response)
        })
    }

    fn shape(&self, session: &Session, request: &Request) -> Result<Shape, Failure> {
        if request.method != Method::Get {
            return Err(Failure::usage("--all", "works only with GET"));
        }
        let query = request.path.split_once('?').map_or("", |(_, query)| query);
        if query.split('&').any(|pair| pair.split('=').next() == Some("offset")) {
            return Err(Failure::usage(
                "--all",
                "begins at the first row: leave offset out of the path",
            ));
        }
        let no_columns = |flag| {
            Failure::usage(flag, "has no columns for this list").fix("--output json or jsonl")
        };
        match session.shape.format {
            Some(Format::Table) => Err(no_columns("--output table")),
            Some(Format::Csv) => Err(no_columns("--output csv")),
            format => Ok(Shape {
                format: format.or(Some(Format::Json)),
                fields: session.shape.fields.clone(),
            }),
        }
    }
}

/// Prints a body: laid out for a person, as it came for a program.
fn print(session: &Session, response: &Response) -> Result<(), Failure> {
    let mut out = session.streams.result()?;
    let terminal = session.streams.stdout_is_terminal();
    if terminal && let Ok(document) = response.json() {
        json::pretty(document, 0).try_for_each(|piece| out.json(piece))?;
        out.text("\n")?;
        return out.flush();
    }
    out.raw(&response.body)?;
    if terminal && !response.body.is_empty() && !response.body.ends_with(b"\n") {
        out.text("\n")?;
    }
    out.flush()
}

fn method(name: &str) -> Result<Method, Failure> {
    const METHODS: [Method; 5] =
        [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    METHODS
        .into_iter()
        .find(|method| method.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| Failure::usage("<method>", "must be one of GET, POST, PUT, PATCH, DELETE"))
}

/// The path from `/api/v1` on. It cannot leave that tree: steps upwards are refused, spelled out or encoded.
fn path(given: &str) -> Result<String, Failure> {
    let refuse = |why| Err(Failure::usage("<path>", why));
    if !given.bytes().all(|byte| byte.is_ascii_graphic()) || given.contains(['#', '\\']) {
        return refuse("wants printable ASCII without blanks: percent-encode the rest");
    }
    if given.contains("://") && !given.contains('?') {
        return refuse("wants a path, not a whole address: /apps");
    }
    let after_prefix =
        given.strip_prefix(PREFIX).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let below = after_prefix.unwrap_or(given).trim_start_matches('/');
    let steps =
        below.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    if steps.is_empty() || steps.split('/').any(|step| matches!(step, "." | "..")) {
        return refuse("must name something below /api/v1");
    }
    Ok(format!("{PREFIX}/{below}"))
}
