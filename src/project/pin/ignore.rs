//! Keeping pins out of commits.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::files::{self, Owner};
use crate::base::failure::Failure;
use crate::base::subprocess;
use crate::input::text;

/// The line of a `.gitignore` that keeps pins out of commits.
const IGNORED: &str = ".alter/";
const NAME: &str = ".gitignore";
const PATIENCE: Duration = Duration::from_secs(2);

/// A line that is to be appended to the `.gitignore` of a folder.
#[derive(Debug)]
pub(crate) struct Append {
    folder: PathBuf,
}

/// What keeps a pin in the working folder out of commits; nothing where it is not in a git work tree, or ignored already.
/// What cannot be appended to is refused before anything is written.
pub(crate) fn ignoring() -> Result<Option<Append>, Failure> {
    let folder = super::here()?;
    let Some(top) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    let opened = files::folder(top)?;
    files::check_for_us(top, &opened)?;
    let text = files::read_bytes(&opened, &top.join(NAME), Owner::Us)?.unwrap_or_default();
    let is_done = names_pins(&text) || is_ignored(&folder);
    Ok((!is_done).then(|| Append { folder: top.to_owned() }))
}

fn names_pins(bytes: &[u8]) -> bool {
    let mut lines = text::without_mark(bytes).split(|byte| *byte == b'\n');
    lines.any(|line| line.trim_ascii() == IGNORED.as_bytes())
}

impl Append {
    /// Appends it, in a new file: the old one may have other names, anywhere. It may be in any encoding that git reads.
    pub(crate) fn apply(self) -> Result<(), Failure> {
        let (folder, file) = (files::folder_to_change(&self.folder)?, self.folder.join(NAME));
        let mut text = files::read_bytes(&folder, &file, Owner::Us)?.unwrap_or_default();
        if names_pins(&text) {
            return Ok(());
        }
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(format!("{IGNORED}\n").as_bytes());
        files::replace(&folder, &file, &text)
    }
}

/// Whether git leaves a pin in this folder alone, for whatever reason. Nothing of the checkout's own settings is run.
fn is_ignored(folder: &Path) -> bool {
    let mut git = subprocess::command("git");
    // What the index names and the checkout lacks would be fetched, by a transport of its own choice.
    git.env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(["check-ignore", "--quiet", IGNORED])
        .current_dir(folder);
    let asked = subprocess::run(git, b"", Instant::now() + PATIENCE);
    asked.is_ok_and(|outcome| outcome.is_some_and(|outcome| outcome.success))
}
