//! Environment variables.

use std::env;
use std::path::{Path, PathBuf};

use crate::base::failure::Failure;
use crate::base::wrapping;

/// Returns the value of a variable, `None` when it is not set. What an env file or a copy put round the value is
/// refused by name: nothing here is ever meant to begin or end with it.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match unchecked(name)? {
        Some(value) => bare(name, &value).map(|()| Some(value)),
        None => Ok(None),
    }
}

/// Returns the value of a variable, `None` also when it is empty.
pub(crate) fn filled(name: &str) -> Result<Option<String>, Failure> {
    Ok(variable(name)?.filter(|value| !value.is_empty()))
}

/// Returns the value of a variable that is a list, in which blanks mean nothing.
pub(crate) fn list(name: &str) -> Result<Option<String>, Failure> {
    Ok(unchecked(name)?.filter(|value| !value.is_empty()))
}

/// Returns whether a variable is set to anything at all.
pub(crate) fn is_set(name: &str) -> bool {
    env::var_os(name).is_some()
}

/// Returns whether a switch is on: off are the empty text, `0`, `false`, `no` and `off`, in any case.
pub(crate) fn switch(name: &str) -> Result<bool, Failure> {
    const OFF: [&str; 4] = ["0", "false", "no", "off"];
    let value = filled(name)?;
    Ok(value.is_some_and(|value| !OFF.iter().any(|off| value.eq_ignore_ascii_case(off))))
}

/// Returns the folder that a variable of ours names. It is absolute, so that nothing is written relative to where one
/// stands; `~/` is the home folder, for env files and units pass it on as it is.
pub(crate) fn folder(name: &str) -> Result<Option<PathBuf>, Failure> {
    match expanded(name)? {
        Some(path) if !path.is_absolute() => Err(Failure::usage(
            name,
            "is not an absolute path: nothing is written relative to the working folder",
        )
        .fix(format!("set {name} to a path that begins with / or ~/"))),
        path => Ok(path),
    }
}

/// Returns the folder that an XDG variable names. A relative one counts as not set, as the XDG specification says.
pub(crate) fn xdg_folder(name: &str) -> Result<Option<PathBuf>, Failure> {
    Ok(expanded(name)?.filter(|path| path.is_absolute()))
}

/// Returns the home folder, `None` where there is none.
pub(crate) fn home() -> Result<Option<PathBuf>, Failure> {
    match dirs::home_dir() {
        Some(home) if !home.is_absolute() => {
            Err(Failure::usage("HOME", "is not an absolute path")
                .fix("set HOME to your home folder"))
        }
        home => Ok(home),
    }
}

fn expanded(name: &str) -> Result<Option<PathBuf>, Failure> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    value.to_str().map_or(Ok(()), |text| bare(name, text))?;
    let Ok(below) = Path::new(&value).strip_prefix("~") else {
        return Ok(Some(value.into()));
    };
    let home = home()?
        .ok_or_else(|| Failure::usage(name, "begins with ~, and there is no home folder"))?;
    Ok(Some(home.join(below)))
}

fn unchecked(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(name, "is not UTF-8")),
    }
}

fn bare(name: &str, value: &str) -> Result<(), Failure> {
    wrapping::words(value).map_or(Ok(()), |words| {
        Err(Failure::usage(name, words).fix(format!("set {name} to the bare value, without it")))
    })
}
