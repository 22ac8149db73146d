//! The pin of a work folder: `.alter/config.yaml`, which says which app commands act on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::failure::Failure;
use crate::input::check::Id;
use crate::output;
use crate::subprocess;

const FOLDER: &str = ".alter";
const FILE: &str = "config.yaml";
const KEY: &str = "app_id";
/// The line of a `.gitignore` that keeps pins out of commits.
const IGNORED: &str = ".alter/";

/// A pinned app.
#[derive(Debug)]
pub struct Pin {
    /// The app's id.
    pub app: Id,
    /// The file that pins it.
    pub file: PathBuf,
}

/// The pin of this folder or the nearest one above it, short of the home folder.
pub fn nearest() -> Result<Option<Pin>, Failure> {
    let Ok(here) = std::env::current_dir() else {
        return Ok(None);
    };
    let home = dirs::home_dir().map(|home| fs::canonicalize(&home).unwrap_or(home));
    for folder in here.ancestors().take_while(|folder| Some(*folder) != home.as_deref()) {
        let marker = folder.join(FOLDER);
        if fs::symlink_metadata(&marker).is_ok() {
            return read(marker.join(FILE)).map(Some);
        }
    }
    Ok(None)
}

fn read(file: PathBuf) -> Result<Pin, Failure> {
    let name = file.display().to_string();
    let unusable = |why: String| {
        Failure::usage(&name, why).fix("pin an app with alter link ID, or remove the folder .alter")
    };
    let text = fs::read_to_string(&file).map_err(|error| unusable(output::reason(&error)))?;
    let app = value(&text).map_err(&unusable)?.ok_or_else(|| unusable(format!("has no {KEY}")))?;
    let app = Id::parse(&name, &app)?;
    Ok(Pin { app, file })
}

/// The `app_id` of a config text: lines of `key: value`, with comments; values may be quoted.
fn value(text: &str) -> Result<Option<String>, String> {
    let mut found = None;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_end();
        if bare.is_empty()
            || bare.trim_start().starts_with('#')
            || bare.starts_with([' ', '-'])
            || bare == "---"
        {
            continue;
        }
        let Some((key, rest)) = bare.split_once(':') else {
            return Err(format!("line {} is not `key: value`", at + 1));
        };
        if key.trim() == KEY {
            found = Some(scalar(rest.trim()));
        }
    }
    Ok(found)
}

/// A value as it was meant: out of its quotes, or without the comment behind it.
fn scalar(text: &str) -> String {
    let quoted = if let Some(inside) = text.strip_prefix('\'') {
        single_quoted(inside)
    } else if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter();
        strings.next().and_then(Result::ok)
    } else {
        None
    };
    quoted.unwrap_or_else(|| {
        let bare = text.split(" #").next().unwrap_or_default();
        bare.trim().to_owned()
    })
}

/// The text up to the closing quote, a doubled one standing for itself.
fn single_quoted(inside: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = inside;
    loop {
        let (before, after) = rest.split_once('\'')?;
        out.push_str(before);
        let Some(more) = after.strip_prefix('\'') else {
            return Some(out);
        };
        out.push('\'');
        rest = more;
    }
}

/// Pins an app in this folder, keeping the other keys of a config that is there.
pub fn pin(app: Id) -> Result<Pin, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::error("the working folder", output::reason(&error)))?;
    let folder = here.join(FOLDER);
    let file = folder.join(FILE);
    let failed =
        |error: io::Error| Failure::error(file.display().to_string(), output::reason(&error));
    let kept = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let is_other = |line: &&str| line.split_once(':').is_none_or(|(key, _)| key.trim_end() != KEY);
    let pinned = format!("{KEY}: {}", quoted(app.text()));
    let lines: Vec<&str> =
        [pinned.as_str()].into_iter().chain(kept.lines().filter(is_other)).collect();
    let text = lines.join("\n") + "\n";
    fs::create_dir_all(&folder).map_err(failed)?;
    replace(&file, &text).map_err(failed)?;
    Ok(Pin { app, file })
}

/// Removes a pin, and its folder when nothing else is in it.
pub fn unpin(pin: &Pin) -> Result<(), Failure> {
    fs::remove_file(&pin.file)
        .map_err(|error| Failure::error(pin.file.display().to_string(), output::reason(&error)))?;
    // A folder that holds something else stays.
    let _ = pin.file.parent().map(fs::remove_dir);
    Ok(())
}

/// In a git work tree, sees to it that `.alter/` is ignored; gives the file that was appended to.
pub fn ignore(pin: &Pin) -> Result<Option<PathBuf>, Failure> {
    let folder = pin.file.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    let Some(top) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    let file = top.join(".gitignore");
    let failed =
        |error: io::Error| Failure::error(file.display().to_string(), output::reason(&error));
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    if is_ignored(folder).unwrap_or_else(|| text.lines().any(|line| line.trim() == IGNORED)) {
        return Ok(None);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut ignore =
        fs::OpenOptions::new().append(true).create(true).open(&file).map_err(failed)?;
    ignore.write_all(format!("{gap}{IGNORED}\n").as_bytes()).map_err(failed)?;
    Ok(Some(file))
}

/// Whether git leaves a pin in this folder alone, for whatever reason; `None` where there is no git to ask.
fn is_ignored(folder: &Path) -> Option<bool> {
    let asked = subprocess::command("git")
        .args(["check-ignore", "--quiet", IGNORED])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match asked.ok()?.code()? {
        0 => Some(true),
        1 => Some(false),
        _ => None,
    }
}

/// Ids are plain as a rule; what YAML could misread is quoted.
fn quoted(app: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if app.chars().all(plain) { app.to_owned() } else { format!("'{}'", app.replace('\'', "''")) }
}

fn replace(file: &Path, text: &str) -> io::Result<()> {
    let temporary = file.with_extension("yaml.new");
    fs::write(&temporary, text)?;
    fs::rename(&temporary, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_config() {
        for (text, app) in [
            ("app_id: 1-2\n", Some("1-2")),
            ("# x\nother: y\napp_id: \"a b\" # c\n", Some("a b")),
            ("app_id: x # c", Some("x")),
            ("app_id: 'it''s' # c", Some("it's")),
            ("app_id: \"a\\tb\" # c", Some("a\tb")),
            ("nested:\n  app_id: no\n", None),
            ("", None),
        ] {
            assert_eq!(value(text).unwrap().as_deref(), app, "{text}");
        }
        assert!(value("rubbish").is_err());
    }
}
