//! The source files of a project, without what is ignored, vendored or reached through links.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::ignore::Ignore;
use crate::base::regular;
use crate::project::scan::Language;

/// Folders of other people's code, and of tools.
const VENDORED: [&str; 19] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "site-packages",
    "dist-packages",
    "__pycache__",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".next",
    ".nuxt",
    ".yarn",
    ".pnpm-store",
    ".alter",
];

/// A larger file is no source that a person wrote.
const MAX_BYTES: u64 = 2 << 20;
/// A larger ignore file is not read: each of its patterns is matched against each file.
const MAX_IGNORE: usize = 64 << 10;
/// Folders nested deeper are left out.
const MAX_DEPTH: usize = 100;

/// A walk through a project.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    /// What is still to be looked at; paths are relative to the root.
    todo: Vec<Step>,
    /// The ignore files of the folders that lead to where the walk is: the depth of each, its folder as a prefix of
    /// paths from the root, and its patterns.
    ignores: Vec<(usize, String, Ignore)>,
    /// The ignore files above the root, each with the path from its folder to the root.
    above: Vec<(String, Ignore)>,
}

#[derive(Debug)]
enum Step {
    Folder { path: String, depth: usize },
    File(String, Language),
}

/// A file that was found.
#[derive(Debug)]
pub(super) enum Found {
    /// A source file, relative to the root.
    Source(String, Language),
    /// One that is too large to be looked at.
    TooLarge(String),
}

impl Files {
    /// The files below a folder.
    pub(super) fn below(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            todo: vec![Step::Folder { path: String::new(), depth: 0 }],
            ignores: Vec::new(),
            above: above(root),
        }
    }

    fn folder(&mut self, path: &str, depth: usize) {
        self.ignores.retain(|(at, ..)| *at < depth);
        let folder = self.root.join(path);
        // Children of a folder that cannot be listed cannot be looked at either.
        let Ok(entries) = fs::read_dir(&folder) else { return };
        let mut found: Vec<(String, fs::FileType)> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?))
            })
            .collect();
        if found.iter().any(|(name, _)| name == "pyvenv.cfg") {
            return;
        }
        if found.iter().any(|(name, kind)| name == ".gitignore" && kind.is_file()) {
            self.ignores.push((depth, prefix(path), read_ignore(&folder.join(".gitignore"))));
        }
        // The last one pushed is looked at first.
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        for (name, kind) in found {
            let at = prefix(path) + &name;
            if kind.is_dir() {
                let skipped = VENDORED.contains(&name.as_str()) || depth > MAX_DEPTH;
                if !skipped && !self.is_ignored(&at, true) {
                    self.todo.push(Step::Folder { path: at, depth: depth + 1 });
                }
            } else if kind.is_file()
                && let Some(language) = Language::of(&name)
                && !self.is_ignored(&at, false)
            {
                self.todo.push(Step::File(at, language));
            }
        }
    }

    fn is_ignored(&self, path: &str, is_folder: bool) -> bool {
        let own = self.ignores.iter().rev().find_map(|(_, prefix, ignore)| {
            ignore.says(path.strip_prefix(prefix.as_str())?, is_folder)
        });
        let above = || {
            let mut above = self.above.iter();
            above.find_map(|(prefix, ignore)| ignore.says(&format!("{prefix}{path}"), is_folder))
        };
        own.or_else(above).unwrap_or(false)
    }
}

impl Iterator for Files {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            match self.todo.pop()? {
                Step::Folder { path, depth } => self.folder(&path, depth),
                Step::File(path, language) => {
                    let found = fs::metadata(self.root.join(&path));
                    let large = found.is_ok_and(|found| found.len() > MAX_BYTES);
                    return Some(if large {
                        Found::TooLarge(path)
                    } else {
                        Found::Source(path, language)
                    });
                }
            }
        }
    }
}

/// The text of a file; bytes that are no UTF-8 are replaced. `None` when it cannot be read.
pub(super) fn text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    regular::open(path).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

fn prefix(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

fn read_ignore(path: &Path) -> Ignore {
    let text = text(path).filter(|text| text.len() <= MAX_IGNORE);
    Ignore::parse(&text.unwrap_or_default())
}

/// The ignore files above a folder, up to the top of its git work tree, the nearest first.
fn above(root: &Path) -> Vec<(String, Ignore)> {
    let Ok(root) = fs::canonicalize(root) else { return Vec::new() };
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Vec::new();
    };
    let below = |folder: &Path| {
        let path = root.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        prefix(path)
    };
    let folders = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    let mut found: Vec<_> =
        folders.map(|folder| (below(folder), read_ignore(&folder.join(".gitignore")))).collect();
    found.push((below(top), read_ignore(&top.join(".git/info/exclude"))));
    found
}
