//! Keeping pins out of commits.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Pin, files};
use crate::failure::Failure;
use crate::subprocess;

/// The line of a `.gitignore` that keeps pins out of commits.
const IGNORED: &str = ".alter/";
const PATIENCE: Duration = Duration::from_secs(2);

/// In a git work tree, sees to it that `.alter/` is ignored; gives the file that was appended to.
pub fn ignore(pin: &Pin) -> Result<Option<PathBuf>, Failure> {
    let folder = pin.file.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    let Some(top) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    let (top_folder, file) = (files::folder(top)?, top.join(".gitignore"));
    let text = files::read(&top_folder, &file)?.unwrap_or_default();
    if text.lines().any(|line| line.trim() == IGNORED) || is_ignored(folder) {
        return Ok(None);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    files::append(&top_folder, &file, &format!("{gap}{IGNORED}\n"))?;
    Ok(Some(file))
}

/// Whether git leaves a pin in this folder alone, for whatever reason. Nothing of the checkout's own settings is run.
fn is_ignored(folder: &Path) -> bool {
    let mut git = subprocess::command("git");
    git.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(["check-ignore", "--quiet", IGNORED])
        .current_dir(folder);
    let asked = subprocess::run(git, b"", Instant::now() + PATIENCE);
    asked.is_ok_and(|outcome| outcome.is_some_and(|outcome| outcome.success))
}
