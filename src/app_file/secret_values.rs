//! The credentials that a file names: from `--secret`, or from the environment.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::environment;
use crate::base::failure::Failure;
use crate::base::redact;
use crate::base::secret::Secret;
use crate::cli::context::Context;

/// Returns the variable that a credential comes from: `ALTER_SECRET_STRIPE_LIVE` for `stripe-live`.
pub(crate) fn variable(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("ALTER_SECRET_{}", name.chars().map(plain).collect::<String>())
}

/// The credentials of a run, by the names that the file has for them.
#[derive(Debug, Default)]
pub(crate) struct SecretValues(BTreeMap<String, Secret>);

impl SecretValues {
    /// Finds the credentials of these names; names all that are missing.
    pub(crate) fn find(
        context: &Context,
        given: &BTreeMap<String, Secret>,
        names: &BTreeSet<String>,
    ) -> Result<Self, Failure> {
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for name in names {
            let value = match given.get(name) {
                Some(value) => context.secret("--secret", Some(value))?,
                None => environment::variable(&variable(name))?.filter(|value| !value.is_empty()),
            };
            match value {
                Some(value) => {
                    redact::remember(&value);
                    found.insert(name.clone(), Secret::new(value));
                }
                None => missing.push(format!("`{name}` ({})", variable(name))),
            }
        }
        if missing.is_empty() {
            return Ok(Self(found));
        }
        Err(Failure::usage("the credentials", format!("have no value: {}", missing.join(", ")))
            .fix("set those variables, or give --secret NAME=@PATH"))
    }

    /// Returns the credential of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }
}
