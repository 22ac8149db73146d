//! Where git keeps the ignore files that count above a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::files;

/// Files of git's own that name a folder are short.
const MAX_POINTER: usize = 4096;

/// Returns the ignore files above a folder, up to the top of its work tree, the nearest first, each with the path from
/// its folder to this one.
pub(super) fn ignore_files_above(root: &Path) -> Vec<(String, PathBuf)> {
    let Ok(root) = fs::canonicalize(root) else { return Vec::new() };
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Vec::new();
    };
    let below = |folder: &Path| {
        let path = root.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        if path.is_empty() { String::new() } else { format!("{path}/") }
    };
    let folders = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    let mut found: Vec<_> =
        folders.map(|folder| (below(folder), folder.join(".gitignore"))).collect();
    found.push((below(top), common_folder(top).join("info/exclude")));
    found
}

/// Returns the folder that all work trees of a repository share. In a work tree beside the first one, and in a
/// submodule, `.git` is a file that names another folder, and that of a work tree names the shared one.
fn common_folder(top: &Path) -> PathBuf {
    let git = top.join(".git");
    let named = pointer(&git).and_then(|text| Some(top.join(text.strip_prefix("gitdir:")?.trim())));
    let own = named.unwrap_or(git);
    match pointer(&own.join("commondir")) {
        Some(text) => own.join(text.trim()),
        None => own,
    }
}

fn pointer(file: &Path) -> Option<String> {
    String::from_utf8(files::bytes(file, MAX_POINTER)?).ok()
}
