//! A release folder, on the disk or behind an address: `SHA256SUMS`, its signature, and a program for each machine.
//!
//! It may keep the programs of several versions; the list names them all, so one signature covers them.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use super::signature;
use super::version::Version;
use crate::api::method::Method;
use crate::base::failure::{self, Failure, Kind};
use crate::base::origin::Origin;
use crate::base::regular;
use crate::cli::context::Context;
use crate::http::client::Client;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::input::check;

const FIX: &str = "nothing was changed; check --from (ALTER_RELEASE_URL)";
const SUMS: &str = "SHA256SUMS";
const MAX_BYTES: u64 = 64 << 20;

/// Where a release folder is.
#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Address { client: Box<Client>, path: String },
}

/// A release folder whose list was found to be signed by the holder of the release key.
#[derive(Debug)]
pub(crate) struct Release<'a> {
    context: &'a Context,
    place: Place,
    sums: String,
}

/// The program of one version, for the machine that this is.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Which version it is.
    pub(crate) version: Version,
    name: String,
    sum: String,
}

impl<'a> Release<'a> {
    /// Opens the folder or address that `what` gave, and checks its list.
    pub(crate) fn open(context: &'a Context, what: &str, from: &str) -> Result<Self, Failure> {
        let mut release =
            Self { context, place: Place::parse(context, what, from)?, sums: String::new() };
        let (name, text) = (format!("{SUMS}.minisig"), release.read(SUMS)?);
        let signature = String::from_utf8_lossy(&release.read(&name)?).into_owned();
        signature::check(&release.place.of(&name), &text, &signature)?;
        release.sums = String::from_utf8_lossy(&text).into_owned();
        Ok(release)
    }

    /// The program of a version, or the newest one.
    pub(crate) fn candidate(&self, version: Option<Version>) -> Result<Candidate, Failure> {
        let machine = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        let known = self.sums.lines().filter_map(|line| {
            let (sum, name) = line.split_once("  ")?;
            let version = name.strip_prefix("alter-")?.strip_suffix(&machine)?.strip_suffix('-')?;
            let version = Version::read(version)?;
            Some(Candidate { version, name: name.to_owned(), sum: sum.to_owned() })
        });
        let wanted = known.filter(|found| version.is_none_or(|version| version == found.version));
        wanted.max_by_key(|found| found.version).ok_or_else(|| {
            let which =
                version.map_or_else(|| "alter".into(), |version| format!("alter {version}"));
            Failure::new(
                Kind::NotFound,
                self.place.of(SUMS),
                format!("lists no {which} for this machine ({machine})"),
            )
        })
    }

    /// The bytes of a program, as they were signed.
    pub(crate) fn fetch(&self, candidate: &Candidate) -> Result<Vec<u8>, Failure> {
        let bytes = self.read(&candidate.name)?;
        if check::hex(digest(&SHA256, &bytes).as_ref()) == candidate.sum {
            return Ok(bytes);
        }
        let why = format!("is not the file that {SUMS} lists ({} bytes came)", bytes.len());
        Err(Failure::error(self.place.of(&candidate.name), why)
            .fix("nothing was changed; try again, or get the release again"))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        match &self.place {
            Place::Folder(folder) => read_file(&folder.join(name)),
            Place::Address { client, path } => {
                let request = Request::to(Method::Get, format!("{path}{name}")).without_pat();
                let response = client.send(&self.context.streams, &request, None);
                body(response.map_err(|failure| failure.fix(FIX))?, &self.place.of(name))
            }
        }
    }
}

/// The body of an answer that is no refusal.
fn body(response: Response, address: &str) -> Result<Vec<u8>, Failure> {
    let (kind, why) = match response.status {
        200 => return Ok(response.body),
        404 => (Kind::NotFound, "is not there".into()),
        300..=399 => {
            let to = response.header("location").unwrap_or("nowhere");
            (Kind::Error, format!("is a redirect to {to}, which is not followed"))
        }
        status => (Kind::Error, format!("the server answered {status}")),
    };
    Err(Failure::new(kind, address, why).fix(FIX))
}

impl Place {
    fn parse(context: &Context, what: &str, from: &str) -> Result<Self, Failure> {
        let lower = from.to_ascii_lowercase();
        if !lower.starts_with("https://") && !lower.starts_with("http://") {
            check::folder(what, from.as_ref())?;
            return Ok(Self::Folder(from.into()));
        }
        if from.contains(['?', '#']) {
            return Err(Failure::usage(
                what,
                "must be the address of a folder: no query or fragment",
            ));
        }
        let authority = from.find("://").map_or(0, |at| at + 3);
        let end = from[authority..].find('/').map_or(from.len(), |at| authority + at);
        let origin = Origin::parse(what, &from[..end])?;
        let client = Client::new(origin, context.timeout()?, context.debug()?)?;
        let path = format!("{}/", from[end..].trim_end_matches('/'));
        Ok(Self::Address { client: Box::new(client), path })
    }

    /// The name of a file in it, for a message.
    fn of(&self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).display().to_string(),
            Self::Address { client, path } => format!("{}{path}{name}", client.origin()),
        }
    }
}

fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| {
        let kind = if error.kind() == ErrorKind::NotFound { Kind::NotFound } else { Kind::Error };
        Failure::new(kind, file.display().to_string(), failure::reason(&error))
    };
    let mut bytes = Vec::new();
    regular::open(file)
        .and_then(|opened| opened.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::error(file.display().to_string(), "is larger than 64 MiB"));
    }
    Ok(bytes)
}
