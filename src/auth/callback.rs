//! The one request that ends a browser sign-in, distinguished from everything else that may come to a local port.

use subtle::ConstantTimeEq;
use tiny_http::{Method, Request};

use crate::base::origin::{self, Origin};
use crate::base::secret::Secret;

/// The path that the dashboard's form is posted to.
pub(super) const PATH: &str = "/callback";

/// What a request must carry to be believed.
#[derive(Debug)]
pub(super) struct Expected {
    /// The listener's own address, as it is in `Host`.
    pub(super) host: String,
    /// Whose page may post the form.
    pub(super) dashboard: Origin,
    /// The secret of this sign-in.
    pub(super) state: Secret,
}

/// What the dashboard says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Callback {
    /// The person authorised it: this is the PAT, its form not checked yet.
    Pat(Secret),
    /// The person pressed Deny.
    Denied,
    /// It could not do it, and says why.
    Error(String),
}

/// Reads a request whose body is in memory; fails with the status that says what was wrong with it.
pub(super) fn read(request: &mut Request, expected: &Expected) -> Result<Callback, u16> {
    check_head(request, expected)?;
    let mut body = String::new();
    request.as_reader().read_to_string(&mut body).map_err(|_| 400_u16)?;
    form(&body, expected)
}

fn check_head(request: &Request, expected: &Expected) -> Result<(), u16> {
    if request.url() != PATH {
        return Err(404);
    }
    if *request.method() != Method::Post {
        return Err(405);
    }
    if one(request, "Host")? != Some(&expected.host) {
        return Err(403);
    }
    if let Some(origin) = one(request, "Origin")?
        && origin != "null"
        && Origin::parse("Origin", origin).ok().as_ref() != Some(&expected.dashboard)
    {
        return Err(403);
    }
    if one(request, "Sec-Fetch-Mode")?.unwrap_or("navigate") != "navigate" {
        return Err(403);
    }
    let kind = one(request, "Content-Type")?.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(415);
    }
    let length = one(request, "Content-Length")?.ok_or(411_u16)?;
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(400);
    }
    Ok(())
}

/// The value of a header that may be there only once.
fn one<'r>(request: &'r Request, name: &'static str) -> Result<Option<&'r str>, u16> {
    let mut found = request.headers().iter().filter(|header| header.field.equiv(name));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(header), None) => Ok(Some(header.value.as_str())),
        (Some(_), Some(_)) => Err(400),
    }
}

fn form(body: &str, expected: &Expected) -> Result<Callback, u16> {
    let pairs = origin::form(body).ok_or(400_u16)?;
    let one = |wanted: &str| {
        let mut found = pairs.iter().filter(|(name, _)| name == wanted);
        match (found.next(), found.next()) {
            (found, None) => Ok(found.map(|(_, value)| value.clone())),
            _ => Err(400_u16),
        }
    };
    let state = one("state")?.unwrap_or_default();
    let same = state.as_bytes().ct_eq(expected.state.expose().as_bytes());
    if !bool::from(same) {
        return Err(403);
    }
    match (one("pat")?, one("error")?) {
        (Some(pat), None) => Ok(Callback::Pat(Secret::new(pat))),
        (None, Some(error)) if error == "access_denied" => Ok(Callback::Denied),
        (None, Some(error)) => Ok(Callback::Error(error)),
        _ => Err(400),
    }
}
