//! The credential of a command: the first that is found.

use crate::failure::{Failure, Kind};
use crate::input::environment;
use crate::origin::Origin;

use super::account::Account;
use super::keychain::KeychainError;
use super::store;
use crate::secret::Pat;

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
pub fn find(origin: &Origin, profile: &str) -> Result<Credential, Failure> {
    if let Some(text) = environment::variable("ALTER_PAT")? {
        let pat = Pat::parse("ALTER_PAT", &text)?;
        return Ok(Credential { pat, source: Source::Environment });
    }
    let account = Account::new(origin, profile);
    let found = store::find(&account)?;
    found.kept.map(|(pat, source)| Credential { pat, source }).ok_or_else(|| {
        let why = match found.error {
            Some(
                error @ (KeychainError::Locked | KeychainError::Silent | KeychainError::Malformed),
            ) => {
                format!("no PAT for {account} in the file, and {}", error.reason())
            }
            _ => format!("there is no PAT for {account}"),
        };
        failure(why)
    })
}

/// There is no PAT at all.
pub fn not_signed_in() -> Failure {
    failure("there is no PAT for this portal and profile".into())
}

fn failure(why: String) -> Failure {
    Failure::new(Kind::Auth, "not signed in", why).fix("alter auth login, or set ALTER_PAT")
}
