//! The one request that ends a browser sign-in, told apart from everything else that may come to a local port.

use httparse::{EMPTY_HEADER, Header, Status};
use subtle::ConstantTimeEq;

use crate::origin::{self, Origin};
use crate::secret::Secret;

/// The path that the dashboard's form is posted to.
pub(super) const PATH: &str = "/callback";

const MAX_HEAD: usize = 16 << 10;
const MAX_BODY: usize = 16 << 10;
const MOST_HEADERS: usize = 100;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// What a request must carry to be believed.
#[derive(Debug)]
pub(super) struct Expected {
    /// The listener's own address, as it stands in `Host`.
    pub(super) host: String,
    /// Whose page may post the form.
    pub(super) dashboard: Origin,
    /// The secret of this sign-in.
    pub(super) state: Secret,
}

/// What the dashboard says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// The person authorised it: this is the PAT, its form not checked yet.
    Pat(Secret),
    /// The person pressed Deny.
    Denied,
    /// It could not do it, and says why.
    Error(String),
}

/// A request so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not all of it is there yet.
    More,
    /// It is something else; the status that says what was wrong.
    Wrong(u16),
    /// It is the one.
    Good(Response),
}

/// A request while it arrives. It may hold a PAT, so it cannot be printed.
#[derive(Default)]
pub(super) struct Request {
    bytes: Vec<u8>,
    parts: Option<Parts>,
}

#[derive(Clone, Copy, Debug)]
struct Parts {
    head: usize,
    body: usize,
}

impl Request {
    /// Takes the next bytes of the request.
    pub(super) fn push(&mut self, bytes: &[u8], expected: &Expected) -> Verdict {
        let from = self.bytes.len().saturating_sub(END_OF_HEAD.len() - 1);
        self.bytes.extend_from_slice(bytes);
        self.judge(from, expected).unwrap_or_else(Verdict::Wrong)
    }

    fn judge(&mut self, from: usize, expected: &Expected) -> Result<Verdict, u16> {
        if self.parts.is_none() {
            self.parts = self.head(from, expected)?;
        }
        let Some(parts) = self.parts else {
            return Ok(Verdict::More);
        };
        let Some(body) = self.bytes.get(parts.head..parts.head + parts.body) else {
            return Ok(Verdict::More);
        };
        response(body, expected).map(Verdict::Good)
    }

    /// Checks the head as soon as it is whole; its end was not before `from`.
    fn head(&self, from: usize, expected: &Expected) -> Result<Option<Parts>, u16> {
        let end = self.bytes[from..]
            .windows(END_OF_HEAD.len())
            .position(|window| window == END_OF_HEAD)
            .map(|at| from + at + END_OF_HEAD.len());
        if end.unwrap_or(self.bytes.len()) > MAX_HEAD {
            return Err(431);
        }
        end.map(|head| {
            let body = body_length(&self.bytes[..head], expected)?;
            Ok(Parts { head, body })
        })
        .transpose()
    }
}

/// Checks the head; gives the length of the body it announces.
fn body_length(head: &[u8], expected: &Expected) -> Result<usize, u16> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        _ => return Err(400),
    }
    if request.path != Some(PATH) {
        return Err(404);
    }
    if request.method != Some("POST") {
        return Err(405);
    }
    let headers = Headers(request.headers);
    if headers.one("host")? != Some(&expected.host) {
        return Err(403);
    }
    if let Some(origin) = headers.one("origin")?
        && origin != "null"
        && Origin::parse("Origin", origin).ok().as_ref() != Some(&expected.dashboard)
    {
        return Err(403);
    }
    if headers.one("sec-fetch-mode")?.unwrap_or("navigate") != "navigate" {
        return Err(403);
    }
    let kind = headers.one("content-type")?.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(415);
    }
    let (None, Some(length)) = (headers.one("transfer-encoding")?, headers.one("content-length")?)
    else {
        return Err(411);
    };
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(400);
    }
    // What does not even fit a number is too large as well.
    let length = length.parse().unwrap_or(usize::MAX);
    if length > MAX_BODY {
        return Err(413);
    }
    Ok(length)
}

struct Headers<'h, 'b>(&'h [Header<'b>]);

impl<'b> Headers<'_, 'b> {
    /// The value of a header that may stand there once.
    fn one(&self, name: &str) -> Result<Option<&'b str>, u16> {
        let mut found = self.0.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(header), None) => str::from_utf8(header.value).map(Some).map_err(|_| 400),
            (Some(_), Some(_)) => Err(400),
        }
    }
}

/// Reads the form.
fn response(body: &[u8], expected: &Expected) -> Result<Response, u16> {
    let text = str::from_utf8(body).map_err(|_| 400_u16)?;
    let pairs = origin::form(text).ok_or(400_u16)?;
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
        (Some(pat), None) => Ok(Response::Pat(Secret::new(pat))),
        (None, Some(error)) if error == "access_denied" => Ok(Response::Denied),
        (None, Some(error)) => Ok(Response::Error(error)),
        _ => Err(400),
    }
}
