//! `alter pats`: the Personal Access Token in use. Minting and revoking are done in the dashboard, on purpose.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::auth::credential::Credential;
use crate::auth::source::Source;
use crate::auth::store;
use crate::base::failure::{Failure, Kind};
use crate::base::time;
use crate::cli::context::LOGIN;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request, redact};
use crate::http::response::Response;
use crate::output::json::Object;
use crate::session::Session;
use crate::session::Verb;

namespace! {
    /// look at the Personal Access Token in use
    Pats "pats", Session<'_>: { Whoami }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// A PAT that ends sooner is warned about.
const SOON: i64 = 7 * DAY;

const UNSEEN: &str = "The portal accepts the PAT, which may not look at itself: one with the scope dashboard_pats:read shows more.";

/// show whose PAT is in use, what it may do, and where it was found
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "whoami", example = "alter pats whoami --output table")]
struct Whoami {}

impl Facts for Whoami {
    const OPERATION: &Operation = &api::pats::SHOW_THIS;
}

impl Verb for Whoami {
    fn run(self, session: &Session) -> Result<(), Failure> {
        whoami(session)
    }
}

/// Prints what is known of the PAT in use.
pub(super) fn whoami(session: &Session) -> Result<(), Failure> {
    let request = Request::of(&api::pats::SHOW_THIS, &[]);
    session.unless_dry(&request, || {
        let credential = session.credential()?;
        let response = session.send_raw(&request)?;
        let local = Body::object()
            .with("source", credential.source.name())
            .with("base_url", session.base_url()?.to_string())
            .with("profile", session.profile()?);
        let record = record(&response).map_err(|failure| session.with_login(failure))?;
        if record.is_none() {
            session.streams.note(UNSEEN);
        }
        let shown =
            record.map_or(Ok(local.clone()), |record| complete(session, &local, &record))?;
        warn_of_plain_text(session, credential);
        session.print_object(shown.text())
    })
}

/// What the portal says of a PAT; `None` of one that it accepts but that may not look at itself.
pub(super) fn record(response: &Response) -> Result<Option<String>, Failure> {
    let refusal = response.accepted().err();
    let code = refusal.as_ref().and_then(Failure::portal_code);
    if code == Some("insufficient_scope") && response.status == 403 {
        return Ok(None);
    }
    // Whatever a portal puts there, a PAT is not shown.
    let document = redact(response.json()?);
    if Object::parse(&document).is_none() {
        return Err(response.broken("is not a PAT's record"));
    }
    Ok(Some(document))
}

fn complete(session: &Session, local: &Body, record: &str) -> Result<Body, Failure> {
    let record = Object::parse(record)
        .ok_or_else(|| Failure::new(Kind::Error, "the portal's answer", "is no object"))?;
    if let Some(expires) = record.string("expires_at") {
        warn_of_expiry(session, &expires);
    }
    let known = Object::parse(local.text());
    Ok(record
        .entries()
        .filter(|(key, _)| !known.as_ref().is_some_and(|known| known.has(key)))
        .fold(local.clone(), |shown, (key, value)| shown.with_json(key, value)))
}

fn warn_of_expiry(session: &Session, expires: &str) {
    let Some(left) = time::parse(expires).map(|instant| instant - time::now()) else {
        return;
    };
    let left = match left {
        ..0 => return,
        0..HOUR => "within the hour".to_owned(),
        HOUR..DAY => format!("in {} h", left / HOUR),
        DAY..=SOON => format!("in {} d", left / DAY),
        _ => return,
    };
    session.streams.warn(&format!(
        "this PAT expires {left}, at {expires}; {}",
        match session.credential() {
            Ok(Credential { source: Source::Environment, .. }) =>
                "set ALTER_PAT to a new one from the dashboard".to_owned(),
            _ => format!("sign in again with {}", session.again(LOGIN)),
        }
    ));
}

fn warn_of_plain_text(session: &Session, credential: &Credential) {
    if credential.source == Source::File
        && let Some(file) = store::file()
    {
        session.streams.warn(&format!(
            "this PAT is stored as plain text in {}; where there is a keychain (on Linux, secret-tool on an unlocked desktop), {} moves it there",
            file.display(),
            session.again(LOGIN)
        ));
    }
}
