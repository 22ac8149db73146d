//! The Alter developer portal on one machine.

mod api;
mod args;
mod audit;
mod catalogues;
mod clock;
mod dashboard;
mod deferred;
mod demo_ids;
mod emulator;
mod faults;
mod handler;
mod http;
mod instance;
mod limiter;
mod manage;
mod memory;
mod openapi;
mod page;
mod policy;
mod portal_actions;
mod random;
mod sdk;
mod secret;
mod seed;
mod store;
mod timestamp;

use std::io::{self, IsTerminal, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use serde::Serialize;

use crate::base::interrupt;
use args::{Args, Stop};
use audit::synthetic::SyntheticRows;
use http::browser;
use http::refusal::Refusal;
use http::request::Request;
use http::response::Reply;
use instance::{Portal, Settings};
use limiter::Limiter;
use manage::apps::App;
use seed::Credentials;
use store::Store;
use store::state::State;
use timestamp::Stamp;

const FREE_PORT: &str = "fix: end what listens there, or let --listen 127.0.0.1:0 pick a free port";
const WELCOME: &str = "This is an emulator of the Alter developer portal, reachable from this machine only. \
                       Ctrl-C ends it.\n";

/// Runs the portal until it is ended.
pub fn run() -> ExitCode {
    let stopped = match args::parse(std::env::args_os().skip(1)) {
        Ok(args) if args.routes => Stop::Printed(api::routes::listed()),
        Ok(args) if args.openapi.is_some() => Stop::Printed(openapi::document()),
        Ok(args) => start(args),
        Err(stop) => stop,
    };
    // Nothing can be reported when writing the report fails.
    match stopped {
        Stop::Printed(text) => {
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Stop::Usage(text) => {
            let _ = write!(io::stderr(), "alter-portal: {text}");
            ExitCode::from(2)
        }
    }
}

/// Serves for ever, or says why it cannot.
fn start(args: Args) -> Stop {
    interrupt::end_as_first_process();
    interrupt::outlive_file_limit();
    match prepare(args) {
        Ok((listener, portal)) => {
            http::server::serve(&listener, move |request| reply(&portal, request))
        }
        Err(message) => Stop::Usage(format!("{message}\n")),
    }
}

fn reply(portal: &Portal, request: &Request) -> Reply {
    if !browser::is_for_us(request, portal.settings.port) {
        let message = "This portal answers only at its own loopback address and port.";
        return Refusal::new(403, "forbidden_host", message).into_answer().into();
    }
    if let Some(path) = request.path.strip_prefix("/provider/") {
        return sdk::provider::answer(request, path).into();
    }
    if let Some(answer) = emulator::answer(portal, request) {
        return answer.into();
    }
    if request.path == sdk::JWKS {
        return sdk::jwks(portal).into();
    }
    match api_path(&request.path) {
        Some(path) => api::reply(portal, request, path),
        None => dashboard::answer(portal, request).into(),
    }
}

/// The part of a path by which the API's routes go: the portal's own stand below `/api/v1`, those of the runtime below
/// `/sdk`.
fn api_path(path: &str) -> Option<&str> {
    // The page of the browser widget is the one that has no signature.
    if path == dashboard::WIDGET {
        return None;
    }
    if path.starts_with("/sdk/") {
        return Some(path);
    }
    let below = path.strip_prefix("/api/v1")?;
    (below.is_empty() || below.starts_with('/') && !below.starts_with("/sdk/")).then_some(below)
}

fn prepare(args: Args) -> Result<(TcpListener, Portal), String> {
    let listener = TcpListener::bind(args.listen)
        .map_err(|error| format!("cannot listen on {}: {error}\n{FREE_PORT}", args.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let store = store(&args)?;
    let credentials = args.credentials().of(&store.state);
    if let Some(message) = store.full() {
        let _ = writeln!(
            io::stderr(),
            "alter-portal: {message}\nUntil then it is read only: every change is answered with 503."
        );
    }
    let ready = Ready::new(address, &store.state, &credentials);
    ready.announce(args.quiet).map_err(|error| format!("cannot write to stdout: {error}"))?;
    let settings = Settings {
        completion: args.completion(),
        seed: args.seed,
        credentials,
        faults: args.fault,
        latency: args.latency,
        port: address.port(),
    };
    let computed = SyntheticRows::new(args.audit_rows, args.audit_grow).tampered(args.audit_tamper);
    let portal = Portal::new(settings, computed, Limiter::new(args.rate_limit), store)?;
    Ok((listener, portal))
}

fn store(args: &Args) -> Result<Store, String> {
    let credentials = args.credentials();
    let new = || args.seed.state(&credentials, Stamp::now());
    let Some(path) = &args.state else {
        return Ok(Store::in_memory(new()?));
    };
    let readers = [manage::TABLES, api::TABLES, sdk::TABLES].concat();
    let mut store = Store::open(path, &readers, new)?;
    emulator::restore(&store.state.tables);
    if store.full().is_none() {
        credentials.put(&mut store.state, Stamp::now())?;
        store.save()?;
    }
    Ok(store)
}

/// What a script needs to know to go on.
#[derive(Serialize)]
struct Ready {
    base_url: String,
    dashboard_url: String,
    pat: Option<String>,
    app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
    #[serde(skip)]
    broken_pats: String,
}

impl Ready {
    fn new(address: SocketAddr, state: &State, credentials: &Credentials) -> Self {
        let origin = format!("http://{address}");
        let mut apps = state.tables.of::<App>().iter().filter(|app| app.archived_at.is_none());
        Self {
            base_url: origin.clone(),
            dashboard_url: origin,
            pat: seed::ready_pat(state).map(str::to_owned),
            app_id: apps.next().map(|app| app.id.clone()),
            api_key: credentials.api_key.as_ref().map(|key| key.expose().to_owned()),
            broken_pats: seed::broken_pats(state).fold(String::new(), |text, (name, plaintext)| {
                text + &format!("A PAT that is {name}: {plaintext}\n")
            }),
        }
    }

    /// Says where the portal is: a script gets a line of JSON and a person the `export` lines, first of all.
    fn announce(&self, quiet: bool) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let exports = self.exports();
        let mut told = format!("{WELCOME}{}", self.broken_pats);
        if stdout.is_terminal() {
            stdout.write_all(exports.as_bytes())?;
        } else {
            serde_json::to_writer(&mut stdout, self)?;
            writeln!(stdout)?;
            told += &exports;
        }
        stdout.flush()?;
        if !quiet {
            // A closed stderr is no reason not to serve.
            let _ = io::stderr().write_all(told.as_bytes());
        }
        Ok(())
    }

    fn exports(&self) -> String {
        [
            ("ALTER_BASE_URL", Some(&self.base_url)),
            ("ALTER_DASHBOARD_URL", Some(&self.dashboard_url)),
            ("ALTER_PAT", self.pat.as_ref()),
            ("ALTER_APP_ID", self.app_id.as_ref()),
            ("ALTER_API_KEY", self.api_key.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("export {name}={value}\n")))
        .collect()
    }
}
