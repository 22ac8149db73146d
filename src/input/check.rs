//! Names and lists as they are checked before any request.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::base::failure::{self, Failure, Kind};
use crate::base::origin::{Origin, is_web_url};

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

/// Checks a text of at most so many characters, which may be empty.
pub(crate) fn at_most<'a>(what: &str, text: &'a str, most: usize) -> Result<&'a str, Failure> {
    if text.is_empty() { Ok(text) } else { self::text(what, text, most) }
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
        Failure::usage(name, format!("wants a whole number {range}"))
    })
}

/// Checks an id that must be a UUID: a mistyped one that narrows a list would look like an empty list.
pub(crate) fn uuid<'a>(what: &str, id: &'a str) -> Result<&'a str, Failure> {
    let formed = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if formed {
        Ok(id)
    } else {
        Err(Failure::usage(what, "wants a UUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e"))
    }
}

/// Checks a web address: `http://` or `https://` and a host.
pub(crate) fn web_url<'a>(what: &str, url: &'a str) -> Result<&'a str, Failure> {
    if is_web_url(url) {
        return Ok(url);
    }
    Err(Failure::usage(what, "wants an http:// or https:// address"))
}

/// Checks an address that others are sent to: `https://`, or `http://` on this machine.
pub(crate) fn secure_url<'a>(what: &str, url: &'a str) -> Result<&'a str, Failure> {
    let begin = url.find("://").map_or(url.len(), |at| at + 3);
    let end = url[begin..].find(['/', '?', '#']).map_or(url.len(), |at| begin + at);
    Origin::parse(what, &url[..end])?;
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::usage(what, "has a blank or a control character in it"));
    }
    Ok(url)
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
