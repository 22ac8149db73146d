//! The credential of a command: the first that is found.

use crate::base::failure::{Failure, Kind};
use crate::base::origin::Origin;
use crate::input::environment;

use super::account::Account;
use super::keychain::KeychainError;
use super::source::Source;
use super::store;
use crate::base::secret::Pat;

/// A PAT and where it was found.
#[derive(Debug)]
pub(crate) struct Credential {
    /// The token.
    pub(crate) pat: Pat,
    /// Where it was found.
    pub(crate) source: Source,
}

/// The PAT for an origin and a profile. With `ALTER_PAT` set, nothing else is touched.
pub(crate) fn find(origin: &Origin, profile: &str) -> Result<Credential, Failure> {
    if let Some(text) = environment::variable("ALTER_PAT")? {
        let pat = Pat::parse("ALTER_PAT", &text)?;
        return Ok(Credential { pat, source: Source::Environment });
    }
    let account = Account::new(origin, profile);
    let found = store::find(&account)?;
    found.stored.map(|(pat, source)| Credential { pat, source }).ok_or_else(|| {
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
pub(crate) fn not_signed_in() -> Failure {
    failure("there is no PAT for this portal and profile".into())
}

fn failure(why: String) -> Failure {
    Failure::new(Kind::Auth, "not signed in", why).fix("alter auth login, or set ALTER_PAT")
}
