//! Names and lists as they are checked before any request.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::api::format::Format;
use crate::api::path::Wrong;
use crate::base::failure::{self, Failure, Kind};

/// Faults that one message lists.
const MAX_SHOWN: usize = 10;

/// Checks a text of `1..=most` characters.
pub(crate) fn text<'a>(what: &str, text: &'a str, most: usize) -> Result<&'a str, Failure> {
    if text.is_empty() {
        return Err(Failure::usage(what, "is empty"));
    }
    if text.chars().count() > most {
        return Err(Failure::usage(what, format!("is longer than {most} characters")));
    }
    Ok(text)
}

/// Reads a whole number in a range.
pub(crate) fn number(name: &str, text: &str, least: u64, most: u64) -> Result<u64, Failure> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| plain && (least..=most).contains(number));
    number.ok_or_else(|| {
        let range = if most > 1 << 40 {
            format!("from {least}")
        } else {
            format!("from {least} to {most}")
        };
        Failure::usage(name, format!("must be a whole number {range}"))
    })
}

/// Checks a text that must have a form.
pub(crate) fn formed<'a>(what: &str, text: &'a str, format: &Format) -> Result<&'a str, Failure> {
    (format.check)(text).map(|()| text).map_err(|why| Failure::usage(what, why))
}

/// Returns the failure of a document with these faults, each with its place.
pub(crate) fn faulty(flag: &str, faults: &[Wrong]) -> Failure {
    let shown = faults.iter().take(MAX_SHOWN).map(|fault| format!("{} {}", fault.path, fault.why));
    let mut shown: Vec<String> = shown.collect();
    if faults.len() > MAX_SHOWN {
        shown.push(format!("and {} more", faults.len() - MAX_SHOWN));
    }
    Failure::usage(flag, shown.join("; "))
}

/// Checks that a path is a folder.
pub(crate) fn folder(what: &str, path: &Path) -> Result<(), Failure> {
    let name = format!("{what}: {}", path.display());
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::usage(name, "is no folder")),
        Err(error) => Err(Failure::new(Kind::NotFound, name, failure::reason(&error))),
    }
}

/// Reads a list of words separated by commas, blanks around them aside.
pub(crate) fn list(what: &str, text: &str) -> Result<Vec<String>, Failure> {
    let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
    if words.iter().any(String::is_empty) {
        return Err(Failure::usage(what, "has an empty entry"));
    }
    Ok(words)
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
