//! What a stored PAT belongs to.

use std::fmt;

use crate::base::origin::Origin;
use crate::output::shell;

/// The portal a PAT was checked against, and the profile it was stored under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// The portal's API. A PAT is never sent to another one.
    pub(crate) origin: Origin,
    /// Tells sign-ins on one portal apart.
    pub(crate) profile: String,
}

impl Account {
    /// The account of an origin and a profile.
    pub(crate) fn new(origin: &Origin, profile: &str) -> Self {
        Self { origin: origin.clone(), profile: profile.to_owned() }
    }

    /// Returns the flags that select this account where `other` is selected.
    pub(crate) fn flags_from(&self, other: &Self) -> String {
        let profile = || format!("--profile {}", shell::word(&self.profile));
        let url = || format!("--base-url {}", shell::word(&self.origin.to_string()));
        match (self.origin == other.origin, self.profile == other.profile) {
            (true, _) => profile(),
            (false, true) => url(),
            (false, false) => format!("{} {}", url(), profile()),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} (profile {})", self.origin, self.profile)
    }
}
