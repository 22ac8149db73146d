//! Environment variables.

use std::env;

use crate::base::failure::Failure;

/// The value of a variable; `None` when it is not set.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(name, "is not UTF-8")),
    }
}

/// The value of a variable; `None` also when it is empty.
pub(crate) fn filled(name: &str) -> Result<Option<String>, Failure> {
    Ok(variable(name)?.filter(|value| !value.is_empty()))
}
