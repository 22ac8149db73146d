//! The credential of a command: the first that is found.

use crate::base::environment;
use crate::base::failure::{Failure, Kind};
use crate::base::origin::Origin;

use super::account::Account;
use super::keychain::KeychainError;
use super::source::Source;
use super::store::{self, Found};
use crate::base::secret::Pat;

/// A PAT and where it was found.
#[derive(Debug)]
pub(crate) struct Credential {
    /// The token.
    pub(crate) pat: Pat,
    /// Where it was found.
    pub(crate) source: Source,
}

/// The outcome of looking for a credential.
#[derive(Debug)]
pub(crate) struct Search {
    /// The credential, or the reason why there is none.
    pub(crate) credential: Result<Credential, Failure>,
    /// The place that could not be looked at, and why.
    pub(crate) unseen: Option<String>,
}

/// Other sign-ins that a message names.
const MAX_NAMED: usize = 3;

/// Looks for the PAT of an origin and a profile. With `ALTER_PAT` set, nothing else is touched.
pub(crate) fn find(origin: &Origin, profile: &str) -> Search {
    match environment_pat() {
        Ok(None) => {}
        Ok(Some(pat)) => {
            let credential = Ok(Credential { pat, source: Source::Environment });
            return Search { credential, unseen: None };
        }
        Err(failure) => return Search { credential: Err(failure), unseen: None },
    }
    let account = Account::new(origin, profile);
    match store::find(&account) {
        Ok(Found { stored: Some((pat, source)), error, .. }) => Search {
            credential: Ok(Credential { pat, source }),
            unseen: error.map(KeychainError::unseen),
        },
        Ok(found) => Search {
            credential: Err(missing(&account, &found)),
            unseen: found.error.map(KeychainError::unseen),
        },
        Err(failure) => Search { credential: Err(failure), unseen: None },
    }
}

fn environment_pat() -> Result<Option<Pat>, Failure> {
    const NAME: &str = "ALTER_PAT";
    let Some(text) = environment::variable(NAME)? else {
        return Ok(None);
    };
    // To sign in changes nothing while the variable is there.
    let pat = Pat::parse(NAME, &text).map_err(|failure| {
        failure
            .fix("set ALTER_PAT to a PAT from the dashboard, or unset it to use a stored sign-in")
    })?;
    Ok(Some(pat))
}

/// Returns the failure for an account that nothing is found for. It says what could not be looked at, and what else is
/// stored that may have been meant.
fn missing(account: &Account, found: &Found) -> Failure {
    let why = match found.error {
        Some(error) => format!("no PAT for {account} in the file, and {}", error.reason()),
        None => format!("there is no PAT for {account}"),
    };
    let others = found.others.iter().take(MAX_NAMED);
    let mut ways = vec![LOGIN_OR_SET.to_owned()];
    ways.extend(
        others.map(|other| format!("or use a stored sign-in with {}", other.flags_from(account))),
    );
    if found.others.len() > MAX_NAMED {
        ways.push("more of them are shown by alter auth list".into());
    }
    ways.extend(found.error.map(|error| error.way_on().to_owned()));
    not_signed_in(why).fix(ways.join("; "))
}

const LOGIN_OR_SET: &str = "alter auth login, or set ALTER_PAT";

/// Returns the failure for a command that finds no PAT again.
pub(crate) fn still_missing() -> Failure {
    not_signed_in("there is no PAT for this portal and profile".into()).fix(LOGIN_OR_SET)
}

fn not_signed_in(why: String) -> Failure {
    Failure::new(Kind::Auth, "not signed in", why)
}
