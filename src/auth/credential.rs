//! The credential of a command: the first that is found.

use crate::failure::{Failure, Kind};
use crate::http::url::Origin;
use crate::input::environment;

use super::secret::Pat;

/// A PAT and where it was found.
#[derive(Debug)]
pub struct Credential {
    /// The token.
    pub pat: Pat,
    /// Where it was found.
    pub source: Source,
}

/// Where a PAT can come from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `ALTER_PAT`
    Environment,
    /// The system's keychain.
    Keychain,
    /// `auth.toml` in the config folder.
    File,
}

impl Source {
    /// The words for it in a sentence.
    pub const fn place(self) -> &'static str {
        match self {
            Source::Environment => "ALTER_PAT",
            Source::Keychain => "the keychain",
            Source::File => "auth.toml",
        }
    }

    /// The word for it in results.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Environment => "env",
            Source::Keychain => "keychain",
            Source::File => "file",
        }
    }
}

/// The PAT for an origin and a profile. With `ALTER_PAT` set, nothing else is touched.
pub fn find(_origin: &Origin, _profile: &str) -> Result<Credential, Failure> {
    if let Some(text) = environment::variable("ALTER_PAT")? {
        let pat = Pat::parse("ALTER_PAT", &text)?;
        return Ok(Credential {
            pat,
            source: Source::Environment,
        });
    }
    Err(not_signed_in())
}

/// There is no PAT at all.
pub fn not_signed_in() -> Failure {
    Failure::new(
        Kind::Auth,
        "not signed in",
        "there is no PAT for this portal and profile",
    )
    .fix("alter auth login, or set ALTER_PAT")
}
