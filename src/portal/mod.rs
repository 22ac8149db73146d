//! The Alter developer portal on one machine.

mod api;
mod args;
mod audit;
mod catalogues;
mod dashboard;
mod deferred;
mod demo_ids;
mod faults;
mod handler;
mod http;
mod instance;
mod limiter;
mod manage;
mod memory;
mod page;
mod policy;
mod portal_actions;
mod random;
mod sdk;
mod secret;
mod seed;
mod store;
mod timestamp;

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use serde::Serialize;

use crate::base::interrupt;
use args::{Args, Seed, Stop};
use audit::synthetic::SyntheticRows;
use http::browser;
use http::refusal::Refusal;
use http::request::Request;
use http::response::Reply;
use instance::{Portal, Settings};
use limiter::Limiter;
use manage::apps::App;
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
    if request.path == sdk::JWKS {
        return sdk::jwks(portal).into();
    }
    sdk::wait(portal, request);
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
    if let Some(message) = store.full() {
        let _ = writeln!(
            io::stderr(),
            "alter-portal: {message}\nUntil then it is read only: every change is answered with 503."
        );
    }
    let ready = Ready::new(address, &store.state);
    ready.announce(args.quiet).map_err(|error| format!("cannot write to stdout: {error}"))?;
    let settings = Settings {
        faults: args.fault,
        latency: args.latency,
        port: address.port(),
        auto_approve: args.auto_approve,
    };
    let computed = SyntheticRows::new(args.audit_rows, args.audit_grow).tampered(args.audit_tamper);
    let portal = Portal::new(settings, computed, Limiter::new(args.rate_limit), store)?;
    Ok((listener, portal))
}

fn store(args: &Args) -> Result<Store, String> {
    let new = || match args.seed {
        Seed::Demo => seed::demo(Stamp::now()),
        Seed::Empty => seed::empty(Stamp::now()),
    };
    match &args.state {
        Some(path) => Store::open(path, &[manage::TABLES, api::TABLES, sdk::TABLES].concat(), new),
        None => Ok(Store::in_memory(new())),
    }
}

/// What a script needs to know to go on.
#[derive(Serialize)]
struct Ready {
    base_url: String,
    dashboard_url: String,
    pat: Option<String>,
    app_id: Option<String>,
    #[serde(skip)]
    broken_pats: String,
}

impl Ready {
    fn new(address: SocketAddr, state: &State) -> Self {
        let origin = format!("http://{address}");
        let mut apps = state.tables.of::<App>().iter().filter(|app| app.archived_at.is_none());
        Self {
            base_url: origin.clone(),
            dashboard_url: origin,
            pat: seed::ready_pat(state).map(str::to_owned),
            app_id: apps.next().map(|app| app.id.clone()),
            broken_pats: seed::broken_pats(state).fold(String::new(), |text, (name, plaintext)| {
                text + &format!("A PAT that is {name}: {plaintext}\n")
            }),
        }
    }

    fn announce(&self, quiet: bool) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        serde_json::to_writer(&mut stdout, self)?;
        writeln!(stdout)?;
        stdout.flush()?;
        if !quiet {
            // A closed stderr is no reason not to serve.
            let _ = io::stderr().write_all(self.exports().as_bytes());
        }
        Ok(())
    }

    fn exports(&self) -> String {
        [
            ("ALTER_BASE_URL", Some(&self.base_url)),
            ("ALTER_DASHBOARD_URL", Some(&self.dashboard_url)),
            ("ALTER_PAT", self.pat.as_ref()),
            ("ALTER_APP_ID", self.app_id.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("export {name}={value}\n")))
        .fold(format!("{WELCOME}{}", self.broken_pats), |text, line| text + &line)
    }
}
