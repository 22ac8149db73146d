//! What a stored PAT belongs to.

use std::fmt;

use crate::origin::Origin;

/// The portal a PAT was checked against, and the profile it was stored under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The portal's API. A PAT is never sent to another one.
    pub origin: Origin,
    /// Tells sign-ins on one portal apart.
    pub profile: String,
}

impl Account {
    /// The account of an origin and a profile.
    pub fn new(origin: &Origin, profile: &str) -> Self {
        Self { origin: origin.clone(), profile: profile.to_owned() }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} (profile {})", self.origin, self.profile)
    }
}
