//! Names and lists as they are checked before any request.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::failure::{Failure, Kind};
use crate::output;

/// Checks a text of `1..=most` characters.
pub fn text<'a>(what: &str, text: &'a str, most: usize) -> Result<&'a str, Failure> {
    if text.is_empty() {
        return Err(Failure::usage(what, "is empty"));
    }
    if text.chars().count() > most {
        return Err(Failure::usage(what, format!("is longer than {most} characters")));
    }
    Ok(text)
}

/// Checks a web address: `http://` or `https://` and a host.
pub fn web_url<'a>(what: &str, url: &'a str) -> Result<&'a str, Failure> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
    match host {
        Some(host) if !host.is_empty() && !host.starts_with(['/', '?', '#']) && plain(host) => {
            Ok(url)
        }
        _ => Err(Failure::usage(what, "wants an http:// or https:// address")),
    }
}

/// Checks that a path is a folder.
pub fn folder(what: &str, path: &Path) -> Result<(), Failure> {
    let name = format!("{what}: {}", path.display());
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::usage(name, "is no folder")),
        Err(error) => Err(Failure::new(Kind::NotFound, name, output::reason(&error))),
    }
}

/// Reads a list of words separated by commas, blanks around them aside.
pub fn list(what: &str, text: &str) -> Result<Vec<String>, Failure> {
    let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
    if words.iter().any(String::is_empty) {
        return Err(Failure::usage(what, "has an empty entry"));
    }
    Ok(words)
}

/// Writes bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
