//! Keeping pins out of commits.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::files;
use crate::base::failure::Failure;
use crate::base::subprocess;

/// The line of a `.gitignore` that keeps pins out of commits.
const IGNORED: &str = ".alter/";
const PATIENCE: Duration = Duration::from_secs(2);

/// A line that is to be appended to a `.gitignore`.
#[derive(Debug)]
pub(crate) struct Append {
    folder: File,
    file: PathBuf,
    /// The whole file with the line in it.
    text: String,
}

/// What keeps a pin in the working folder out of commits; nothing where it is not in a git work tree, or ignored already.
/// What cannot be appended to is refused before anything is written.
pub(crate) fn ignoring() -> Result<Option<Append>, Failure> {
    let folder = super::here()?;
    let Some(top) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    let (top_folder, file) = (files::folder(top)?, top.join(".gitignore"));
    let text = files::read(&top_folder, &file)?.unwrap_or_default();
    if text.lines().any(|line| line.trim() == IGNORED) || is_ignored(&folder) {
        return Ok(None);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Ok(Some(Append { folder: top_folder, file, text: format!("{text}{gap}{IGNORED}\n") }))
}

impl Append {
    /// Appends it, in a new file: the old one may have other names, anywhere.
    pub(crate) fn apply(self) -> Result<(), Failure> {
        files::replace(&self.folder, &self.file, &self.text)
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
