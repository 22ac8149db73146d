//! Signing in through the browser: a local port waits for what the dashboard's form posts.

use std::env;
use std::time::{Duration, Instant};

use rustix::system::uname;

use super::browser::{Browser, State};
use super::callback::{Callback, Expected, PATH};
use super::listener::{Caller, Listener};
use super::page::{Fact, Page};
use crate::base::environment;
use crate::base::failure::{Failure, Kind};
use crate::base::origin::{self, Origin};
use crate::base::random;
use crate::base::secret::{Pat, Secret};
use crate::input::check;
use crate::output::shell;
use crate::output::streams::Streams;

/// How soon a browser that does not start is noticed.
const BROWSER_CHECK: Duration = Duration::from_millis(50);
const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);
/// What is shown of an error that the dashboard names.
const MAX_SHOWN: usize = 200;

/// What a sign-in through the browser is asked for.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The scopes to ask for.
    pub(crate) scopes: Vec<String>,
    /// Whether to open the browser, or only to print the address.
    pub(crate) open: bool,
    /// The local port; a free one when `None`.
    pub(crate) port: Option<u16>,
    /// The command that signs in, with the flags that say to what.
    pub(crate) command: String,
    /// How long to wait for the person.
    pub(crate) wait: Duration,
}

/// A PAT that came through the browser, which still waits to hear whether it is of use.
pub(crate) struct Arrival {
    /// The PAT.
    pub(crate) pat: Pat,
    caller: Caller,
    dashboard: Origin,
}

impl Arrival {
    /// Shows the browser that it worked, and for which account.
    pub(crate) fn show_signed_in(self, who: Vec<Fact>) {
        self.caller.show(Page::SignedIn(who, self.dashboard));
    }

    /// Tells the browser that it did not work.
    pub(crate) fn show_failed(self) {
        self.caller.show(Page::Failed(self.dashboard));
    }
}

/// Returns whether there is anything to open the dashboard with.
pub(crate) fn finds_browser() -> Result<bool, Failure> {
    Ok(!Browser::find("")?.is_missing())
}

/// Sends the person to the dashboard and waits for the PAT.
pub(crate) fn through_browser(
    streams: &Streams,
    dashboard: &Origin,
    ask: &Ask,
) -> Result<Arrival, Failure> {
    let listener = Listener::bind(ask.port)?;
    let port = listener.port();
    let expected = Expected {
        host: format!("127.0.0.1:{port}"),
        dashboard: dashboard.clone(),
        state: state()?,
    };
    let address = address(&expected, &ask.scopes);
    let mut browser = ask.open.then(|| Browser::find(&address)).transpose()?;
    introduce(streams, &address, port, ask);
    let until = Instant::now() + ask.wait;
    let mut shown = None;
    let outcome = listener.wait(&expected, until, || {
        let left = until.saturating_duration_since(Instant::now()).as_secs();
        if shown.replace(left) != Some(left) {
            streams.progress(&format!("Waiting for the browser: {left} s left"));
        }
        match browser.as_mut().map(Browser::poll) {
            Some(State::Trying) => return Ok(BROWSER_CHECK),
            Some(State::Nowhere) => {
                streams.progress("");
                if environment::switch("CI")? {
                    return Err(nobody_there(&ask.command));
                }
                streams.note(&format!(
                    "No browser could be opened here: open the address yourself, or mint a PAT in the dashboard and give it to: {} --token-stdin",
                    ask.command
                ));
                browser = None;
            }
            Some(State::Open) => browser = None,
            None => {}
        }
        Ok(if streams.stderr_is_terminal() { SECOND } else { LONG })
    });
    streams.progress("");
    let (callback, caller) = outcome?.ok_or_else(|| timed_out(ask))?;
    match accept(callback) {
        Ok(pat) => Ok(Arrival { pat, caller, dashboard: dashboard.clone() }),
        Err(failure) => {
            caller.show(if failure.kind() == Kind::Cancelled {
                Page::Denied(dashboard.clone())
            } else {
                Page::Failed(dashboard.clone())
            });
            Err(failure)
        }
    }
}

fn accept(callback: Callback) -> Result<Pat, Failure> {
    const WHAT: &str = "the dashboard's answer";
    match callback {
        Callback::Pat(text) => Pat::parse(WHAT, text.expose())
            .map_err(|failure| Failure::error(failure.message(), "nothing was stored")),
        Callback::Denied => Err(Failure::new(
            Kind::Cancelled,
            "sign-in was refused in the browser",
            "nothing was stored",
        )),
        Callback::Error(error) => {
            let shown: String = error.chars().take(MAX_SHOWN).collect();
            Err(Failure::error(WHAT, shown))
        }
    }
}

/// 256 bits that nobody can guess.
fn state() -> Result<Secret, Failure> {
    Ok(Secret::new(check::hex(&random::bytes::<32>()?)))
}

fn address(expected: &Expected, scopes: &[String]) -> String {
    let scopes: Vec<String> = scopes.iter().map(|scope| origin::encode(scope)).collect();
    format!(
        "{}/cli/authorize?callback={}&state={}&scopes={}&client={}&host={}",
        expected.dashboard,
        origin::encode(&format!("http://{}{PATH}", expected.host)),
        expected.state.expose(),
        scopes.join(","),
        origin::encode(concat!("alter-cli/", env!("CARGO_PKG_VERSION"))),
        origin::encode(&uname().nodename().to_string_lossy()),
    )
}

fn introduce(streams: &Streams, address: &str, port: u16, ask: &Ask) {
    streams.note(if ask.open {
        "Opening your browser to sign in. If nothing opens, go to:"
    } else {
        "To sign in, go to:"
    });
    streams.note(&format!("  {address}"));
    let Ok(connection) = env::var("SSH_CONNECTION") else {
        return;
    };
    // The address in it is this machine's own, which clients may know by another name alone.
    let ssh_port = match connection.split_whitespace().nth(3) {
        None | Some("22") => String::new(),
        Some(port) => format!("-p {} ", shell::word(port)),
    };
    let user = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok());
    let user = user.into_iter().find(|user| !user.is_empty()).unwrap_or_else(|| "USER".into());
    let user = shell::word(&user);
    streams.note(
        "You are here over SSH. For your own browser to reach this machine, first run on yours, with the name that you connected to for HOST:",
    );
    streams.note(&format!("  ssh -N -L {port}:127.0.0.1:{port} {ssh_port}{user}@HOST"));
    streams.note(&format!(
        "or mint a PAT in the dashboard and give it to: {} --token-stdin",
        ask.command
    ));
}

/// Returns the failure for a machine on which nobody answers.
pub(crate) fn nobody_there(command: &str) -> Failure {
    Failure::usage("sign-in", "CI is set, so nobody is there to use a browser").fix(format!(
        "mint a PAT in the dashboard, and set ALTER_PAT or give it to {command} --token-stdin"
    ))
}

fn timed_out(ask: &Ask) -> Failure {
    Failure::error(
        "sign-in",
        format!("no answer came from the browser within {} s", ask.wait.as_secs()),
    )
    .fix(format!("{0} --timeout SECONDS to wait longer, or {0} --token-stdin", ask.command))
}
