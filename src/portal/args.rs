//! The command line of the portal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use argh::FromArgs;

use crate::portal::faults::Fault;
use crate::portal::memory::Completion;
use crate::portal::secret::Sealed;
use crate::portal::seed::{Credentials, Seed};
use crate::protocol::key::{KeyKind, RuntimeKey};

/// The Alter developer portal on one machine: an emulator for trying `alter`, for CI jobs and for tests.
/// It listens on loopback only and is no server for production.
#[derive(Debug, FromArgs)]
#[argh(
    help_triggers("-h", "--help"),
    note = "On start stdout gets one line of JSON: base_url, dashboard_url, pat (holding every scope) and app_id, and \
            stderr the same as `export` lines. On a terminal stdout gets the `export` lines alone.",
    note = "For tests of an application: GET /healthz answers once the portal is ready. With the PAT, POST \
            /emulator/reset goes back to the seed (the PAT and the key stay), and POST /emulator/clock with \
            {{\"advance\":\"2h\"}} moves the portal's own clock forward, never back, so that keys, grants and approvals can \
            expire. Requests go on being signed by the machine's clock. The portal answers on loopback only: in CI start it \
            in the job itself, or give a service container the network of the job (--network host, or \
            --network container:NAME).",
    note = "A --fault SPEC is one of status=N, drop, drop-after, replay-null, truncate, slow=200ms, garbage, \
            redirect=URL, retry-after=SECONDS; then, each optional and after a comma, every=N (every Nth request that \
            matches), path=/PATH and method=METHOD. A PATH is whole segments below /api/v1, or of the runtime's own paths: \
            path=/sdk, path=/sdk/token. There the error is one of the runtime (429 is rate_limit_exceeded).",
    note = "The demo seed also has the PATs alter_pat_demo_expired_0000000000000000000000000000 and \
            alter_pat_demo_revoked_0000000000000000000000000000, which are what they say.",
    note = "A provider of its own at /provider/NAME answers every call with what it received, credentials as their \
            kind and a hash; ?status=N, ?bytes=N, ?slow=MS and ?missing=SCOPE (with status=403) change its answer.",
    note = "A time_window rule goes by the time zones of this machine (/usr/share/zoneinfo); where they are not \
            installed only UTC is known. A rule with an unknown zone is refused. Business hours are 09:00 to 17:00 \
            on every day, weekdays are Monday to Friday, both by the clock of the zone.",
    note = "--version or -V alone shows the version.",
    example = "{command_name} --listen 127.0.0.1:0 --seed empty --state portal.json",
    example = "{command_name} --fault status=503,every=3,path=/apps,method=POST"
)]
pub(crate) struct Args {
    /// loopback address and port; port 0 picks one [default: 127.0.0.1:4400]
    #[argh(
        option,
        default = "SocketAddr::from(([127, 0, 0, 1], 4400))",
        from_str_fn(loopback),
        arg_name = "addr"
    )]
    pub(crate) listen: SocketAddr,

    /// what a new portal holds: demo or empty [default: demo]
    #[argh(option, default = "Seed::Demo", arg_name = "name")]
    pub(crate) seed: Seed,

    /// the PAT of every scope, alter_pat_ and 20 to 200 letters and digits, in place of a new one
    #[argh(option, from_str_fn(sealed), arg_name = "value")]
    pat: Option<Sealed>,

    /// a runtime key of every scope for the first app, such as alter_rk_abcdefghijklmnopqrstuv_iwpykn
    #[argh(option, from_str_fn(sealed), arg_name = "value")]
    api_key: Option<Sealed>,

    /// file to load at start; every change is saved before it is answered, in a journal beside the file
    #[argh(option, arg_name = "file")]
    pub(crate) state: Option<PathBuf>,

    /// sign browsers in, complete sessions and approve calls without a click
    #[argh(switch)]
    auto_approve: bool,

    /// the other way: refuse sign-ins, sessions and calls without a click
    #[argh(switch)]
    auto_deny: Option<bool>,

    /// milliseconds to wait before each answer of the API
    #[argh(option, default = "Duration::ZERO", from_str_fn(milliseconds), arg_name = "ms")]
    pub(crate) latency: Duration,

    /// something that goes wrong; may be given more than once
    #[argh(option, arg_name = "spec")]
    pub(crate) fault: Vec<Fault>,

    /// requests a minute that each PAT may make
    #[argh(option, from_str_fn(positive), arg_name = "n")]
    pub(crate) rate_limit: Option<u32>,

    /// audit rows computed from their index, the same on every run
    #[argh(option, default = "0", from_str_fn(rows), arg_name = "n")]
    pub(crate) audit_rows: usize,

    /// one more computed audit row each time so many milliseconds have passed; without seed rows (--seed empty)
    /// it is the newest
    #[argh(option, from_str_fn(interval), arg_name = "ms")]
    pub(crate) audit_grow: Option<Duration>,

    /// print every route of the API as JSON, and end
    #[argh(switch)]
    pub(crate) routes: bool,

    /// print the management API as OpenAPI 3.1 (JSON), and end
    #[argh(switch)]
    pub(crate) openapi: Option<bool>,

    /// the computed audit row (counted from 0) that differs in one byte from what was sealed, for an integrity check to
    /// find
    #[argh(option, from_str_fn(rows), arg_name = "n")]
    pub(crate) audit_tamper: Option<usize>,

    /// nothing on stderr
    #[argh(switch)]
    pub(crate) quiet: bool,
}

impl Args {
    /// The credentials that the portal is to have.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials { pat: self.pat.clone(), api_key: self.api_key.clone() }
    }

    /// Refuses what no single flag shows to be wrong, and credentials that clients would not take.
    fn check(&self) -> Result<(), &'static str> {
        let is_key = |key: &Sealed| {
            let key = RuntimeKey::parse("--api-key", key.expose());
            key.is_ok_and(|key| key.kind() == KeyKind::App)
        };
        match () {
            () if self.auto_approve && self.auto_deny.is_some() => {
                Err("--auto-approve and --auto-deny exclude each other.")
            }
            () if !self.pat.as_ref().is_none_or(is_pat) => {
                Err("--pat must be alter_pat_ and 20 to 200 letters and digits.")
            }
            () if !self.api_key.as_ref().is_none_or(is_key) => Err(
                "--api-key must be a key of an app: alter_rk_, 22 letters, _, 6 letters, the last of them a checksum.",
            ),
            () => Ok(()),
        }
    }

    /// What becomes of a page that waits for a person.
    pub(crate) fn completion(&self) -> Completion {
        match (self.auto_approve, self.auto_deny.is_some()) {
            (_, true) => Completion::Denied,
            (true, false) => Completion::Approved,
            (false, false) => Completion::ByPerson,
        }
    }
}

/// Whether a credential has the form of a PAT.
fn is_pat(pat: &Sealed) -> bool {
    let body = pat.expose().strip_prefix("alter_pat_").unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (20..=200).contains(&body.len()) && body.bytes().all(fits)
}

/// A credential, which no message repeats: its form is checked later.
fn sealed(text: &str) -> Result<Sealed, String> {
    if text.is_empty() { Err("must not be empty".to_owned()) } else { Ok(Sealed::new(text)) }
}

const VERSION: &str = concat!(
    "alter-portal ",
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("ALTER_COMMIT"),
    ", ",
    env!("ALTER_TARGET"),
    ")\n"
);
const HELP: &str = "fix: see alter-portal --help\n";

/// What is to be printed instead of starting.
#[derive(Debug)]
pub(crate) enum Stop {
    Printed(String),
    Usage(String),
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = std::ffi::OsString>) -> Result<Args, Stop> {
    let mut words = Vec::new();
    for argument in arguments {
        let word = argument
            .into_string()
            .map_err(|_| Stop::Usage(format!("An argument is not UTF-8.\n{HELP}")))?;
        // argh takes `--flag value` only.
        match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => {
                words.extend([flag.to_owned(), value.to_owned()]);
            }
            _ => words.push(word),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let ["--version" | "-V"] = words[..] {
        return Err(Stop::Printed(VERSION.to_owned()));
    }
    let args = Args::from_args(&["alter-portal"], &words).map_err(|early| match early.status {
        Ok(()) => Stop::Printed(early.output),
        Err(()) => Stop::Usage(format!("{}\n{HELP}", early.output.trim_end())),
    })?;
    args.check().map_err(|message| Stop::Usage(format!("{message}\n{HELP}")))?;
    Ok(args)
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err("must be a loopback address: this is no server for production".to_owned()),
        Err(_) => Err("must be an address and a port, such as 127.0.0.1:4400".to_owned()),
    }
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    let count = text.parse().map_err(|_| "must be a number of milliseconds".to_owned())?;
    Ok(Duration::from_millis(count))
}

fn interval(text: &str) -> Result<Duration, String> {
    milliseconds(text).and_then(|every| match every {
        Duration::ZERO => Err("must be at least 1".to_owned()),
        every => Ok(every),
    })
}

fn rows(text: &str) -> Result<usize, String> {
    // At one row a second this is the year 5195, still of four digits.
    const MAX_ROWS: usize = 100_000_000_000;
    match text.parse() {
        Ok(count) if count <= MAX_ROWS => Ok(count),
        _ => Err(format!("must be a whole number up to {MAX_ROWS}")),
    }
}

fn positive(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("must be a whole number from 1 on".to_owned()),
    }
}
