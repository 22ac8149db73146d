//! Values that may come from a file (`@path`) or from standard input (`-`).

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;

use super::text;
use crate::base::failure::{self, Failure, Kind};
use crate::base::regular;
use crate::base::secret::Secret;
use crate::output::shell;
use crate::output::streams::Streams;

/// Larger inputs are refused.
const MAX_BYTES: u64 = 1 << 20;

/// The one reader of standard input and of `@path` values of a command.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    stdin_taken: Cell<bool>,
}

/// The JSON type that an input must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
}

impl Intake {
    /// The text of a value: inline, from a file, or from standard input.
    pub(crate) fn text(&self, flag: &str, value: &str) -> Result<String, Failure> {
        let bytes = match value.strip_prefix('@') {
            Some(path) => file(flag, path)?,
            None if value == "-" => self.stdin(flag)?,
            None => return Ok(value.to_owned()),
        };
        text::utf8_or_utf16(bytes).map_err(|why| Failure::usage(flag, why))
    }

    /// A JSON document of the given type, its text kept as it is.
    pub(crate) fn json(
        &self,
        flag: &str,
        value: &str,
        wanted: JsonType,
    ) -> Result<Box<RawValue>, Failure> {
        let text = self.text(flag, value)?;
        let document: Box<RawValue> = serde_json::from_str(&text).map_err(|error| {
            let (line, column) = place(&text, &error);
            let why = format!("is not JSON at line {line}, column {column}");
            let failure = Failure::usage(flag, why);
            if Path::new(value).is_file() {
                return failure.fix(format!("to read the file: {flag} @{}", shell::word(value)));
            }
            failure
        })?;
        let (opening, name) = match wanted {
            JsonType::Object => ('{', "an object"),
            JsonType::Array => ('[', "an array"),
        };
        if !document.get().starts_with(opening) {
            return Err(Failure::usage(flag, format!("must be {name}")));
        }
        Ok(document)
    }

    /// A credential: without one trailing line break, and not empty. Given inline it is warned about.
    pub(crate) fn secret(
        &self,
        streams: &Streams,
        flag: &str,
        value: &Secret,
    ) -> Result<String, Failure> {
        let value = value.expose();
        warn_of_inline(streams, flag, value);
        without_line_break(flag, self.text(flag, value)?)
    }

    /// Everything on standard input, which one flag may have.
    pub(crate) fn stdin(&self, flag: &str) -> Result<Vec<u8>, Failure> {
        if self.stdin_taken.replace(true) {
            return Err(Failure::usage(flag, "standard input is already used by another flag"));
        }
        read(flag, io::stdin().lock())
    }
}

/// Where a document breaks off or goes wrong. What goes wrong at the end of a line is found at the start of the next.
fn place(text: &str, error: &serde_json::Error) -> (usize, usize) {
    match (error.line(), error.column()) {
        (line, 0) if line > 1 => {
            let before = text.lines().nth(line - 2).unwrap_or_default();
            (line - 1, before.chars().count() + 1)
        }
        place => place,
    }
}

/// Warns of a credential that is on the command line itself.
pub(crate) fn warn_of_inline(streams: &Streams, flag: &str, value: &str) {
    if !value.starts_with('@') && value != "-" {
        streams.warn(&format!(
            "{flag} shows the credential to whoever can run ps, and leaves it in the shell's history; give it as @file or -"
        ));
    }
}

/// What a document says, for checks: the text of the document is what is sent.
pub(crate) fn value(flag: &str, document: &RawValue) -> Result<Value, Failure> {
    serde_json::from_str(document.get())
        .map_err(|_| Failure::usage(flag, "has an unpaired surrogate in one of its strings"))
}

/// The bytes of a file that a flag names.
pub(crate) fn file(flag: &str, path: &str) -> Result<Vec<u8>, Failure> {
    opened(flag, path, File::open(path))
}

/// The bytes of the default file of a flag that was not given. The folder's author chose it: it must be a regular one.
pub(crate) fn default_file(flag: &str, path: &str) -> Result<Vec<u8>, Failure> {
    opened(flag, path, regular::open(Path::new(path)))
}

/// The bytes of a file that must be there whole. A FIFO by name would never end; one that the caller holds open, as
/// `<(…)` gives it, does.
pub(crate) fn regular_file(flag: &str, path: &str) -> Result<Vec<u8>, Failure> {
    const HELD_OPEN: [&str; 3] = ["/dev/fd/", "/dev/stdin", "/proc/self/fd/"];
    let is_held = HELD_OPEN.iter().any(|place| path.starts_with(place));
    if is_held { file(flag, path) } else { default_file(flag, path) }
}

fn opened(flag: &str, path: &str, file: io::Result<File>) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => Kind::NotFound,
            _ => Kind::Usage,
        };
        Failure::new(kind, format!("{flag}: {path}"), failure::reason(&error))
    };
    let file = file.map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(Failure::usage(format!("{flag}: {path}"), "is a folder"));
    }
    read(flag, file)
}

/// A secret as its file holds it: without one trailing line break, and not empty.
pub(crate) fn secret_text(flag: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = text::utf8_or_utf16(bytes).map_err(|why| Failure::usage(flag, why))?;
    without_line_break(flag, text)
}

fn without_line_break(flag: &str, text: String) -> Result<String, Failure> {
    let one = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    match one.unwrap_or(&text) {
        "" => Err(Failure::usage(flag, "is empty")),
        secret => Ok(secret.to_owned()),
    }
}

fn read(flag: &str, source: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    source
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(flag, failure::reason(&error)))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::usage(flag, "is larger than 1 MiB"));
    }
    Ok(bytes)
}
