//! The source files of a project, without what is ignored, vendored or reached through links.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::git;
use super::ignore::{Ignore, Steps};
use super::installed;
use crate::base::{failure, regular};
use crate::input::text;
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
const MAX_BYTES: usize = 2 << 20;
/// A larger ignore file is not applied.
const MAX_IGNORE: usize = 64 << 10;
/// Nor are more of them than this at once: each of their patterns is matched against each file below.
const MAX_IGNORES: usize = 256 << 10;
/// Comparing patterns may take so many steps, and so many more for each path.
const MAX_STEPS: u64 = 20_000_000;
const MAX_STEPS_EACH: u64 = 10_000;
/// Folders nested deeper are left out.
const MAX_DEPTH: usize = 100;

/// A walk through a project.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    /// What is still to be looked at; paths are relative to the root.
    todo: Vec<Step>,
    ignores: Ignores,
    /// Environments of Python that the walk came by, and folders that packages were installed into beside other code.
    pub(super) packages: Vec<PathBuf>,
}

#[derive(Debug)]
enum Step {
    Folder { path: String, depth: usize },
    Found(Found),
}

/// What a walk finds, relative to the root.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// A source file.
    Source(String, Language),
    /// Something that is not looked at, and why.
    PassedOver(String, String),
}

/// The ignore files that count where the walk is.
#[derive(Debug, Default)]
struct Ignores {
    /// Those of the folders that lead there: the depth of each, its folder as a prefix of paths from the root, and the
    /// length of its text.
    below: Vec<(usize, String, Ignore, usize)>,
    /// Those above the root, each with the path from its folder to the root.
    above: Vec<(String, Ignore)>,
    length_above: usize,
    paths: u64,
    steps: Steps,
    given_up: bool,
}

impl Files {
    /// The files below a folder.
    pub(super) fn below(root: &Path) -> Self {
        let mut files = Self {
            root: root.to_owned(),
            todo: vec![Step::Folder { path: String::new(), depth: 0 }],
            ignores: Ignores::default(),
            packages: Vec::new(),
        };
        for (prefix, file) in git::ignore_files_above(root) {
            match files.ignores.read(&file) {
                Ok(Some((ignore, length))) => {
                    files.ignores.length_above += length;
                    files.ignores.above.push((prefix, ignore));
                }
                Ok(None) => {}
                Err(why) => files.pass_over(file.display().to_string(), why),
            }
        }
        files
    }

    fn pass_over(&mut self, path: String, why: impl Into<String>) {
        self.todo.push(Step::Found(Found::PassedOver(path, why.into())));
    }

    fn folder(&mut self, path: &str, depth: usize) {
        self.ignores.below.retain(|(at, ..)| *at < depth);
        let folder = self.root.join(path);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                let why = format!("cannot be listed ({}), not scanned", failure::reason(&error));
                return self.pass_over(path.to_owned(), why);
            }
        };
        let mut found: Vec<_> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.file_name(), entry.file_type().ok()?)))
            .collect();
        if found.iter().any(|(name, _)| name == "pyvenv.cfg") {
            return self.packages.push(folder);
        }
        if found.iter().any(|(name, kind)| name == ".gitignore" && kind.is_file()) {
            let file = folder.join(".gitignore");
            match self.ignores.read(&file) {
                Ok(Some((ignore, length))) => {
                    self.ignores.below.push((depth, prefix(path), ignore, length));
                }
                Ok(None) => {}
                Err(why) => self.pass_over(prefix(path) + ".gitignore", why),
            }
        }
        let installed = installed::packages_in(&folder, found.iter().map(|(name, _)| &**name));
        if !installed.is_empty() {
            self.packages.push(folder);
        }
        // The last one pushed is looked at first.
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        for (name, kind) in found {
            let at = [prefix(path).as_bytes(), name.as_bytes()].concat();
            let shown = || String::from_utf8_lossy(&at).into_owned();
            let name = name.to_string_lossy();
            if installed.contains(&*name) {
                continue;
            }
            let step = if kind.is_dir() {
                if VENDORED.contains(&&*name) || self.ignores.says(&at, true) {
                    // It may be an environment, which is not scanned, but has the SDK.
                    let environment = self.root.join(shown());
                    if environment.join("pyvenv.cfg").exists() {
                        self.packages.push(environment);
                    }
                    continue;
                }
                match str::from_utf8(&at) {
                    Ok(_) if depth > MAX_DEPTH => {
                        passed_over(shown(), "is nested deeper than 100 folders, not scanned")
                    }
                    Ok(path) => Step::Folder { path: path.to_owned(), depth: depth + 1 },
                    Err(_) => passed_over(shown(), NOT_UTF8),
                }
            } else if kind.is_file() {
                let language = Language::of(&name);
                let is_notebook = name.ends_with(".ipynb");
                if language.is_none() && !is_notebook || self.ignores.says(&at, false) {
                    continue;
                }
                match (language, str::from_utf8(&at)) {
                    (_, Err(_)) => passed_over(shown(), NOT_UTF8),
                    (None, _) => {
                        passed_over(shown(), "is a notebook, not scanned: export it as a script")
                    }
                    (Some(language), Ok(path)) => {
                        Step::Found(Found::Source(path.to_owned(), language))
                    }
                }
            } else {
                continue;
            };
            self.todo.push(step);
        }
        if self.ignores.has_just_given_up() {
            let why = "matching the ignore files takes too long: they are not applied from here on";
            self.pass_over(path.to_owned(), why);
        }
    }
}

const NOT_UTF8: &str = "has a name that is not UTF-8, not scanned";

fn passed_over(path: String, why: &str) -> Step {
    Step::Found(Found::PassedOver(path, why.to_owned()))
}

impl Iterator for Files {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            match self.todo.pop()? {
                Step::Folder { path, depth } => self.folder(&path, depth),
                Step::Found(found) => return Some(found),
            }
        }
    }
}

impl Ignores {
    /// Reads an ignore file, if there is one, and the length of its text; says why it is not applied.
    fn read(&self, path: &Path) -> Result<Option<(Ignore, usize)>, String> {
        let Some(bytes) = bytes(path, MAX_IGNORE + 1) else { return Ok(None) };
        let used: usize = self.below.iter().map(|(.., length)| length).sum();
        if bytes.len() > MAX_IGNORE {
            return Err("is larger than 64 KiB: it is not applied".into());
        }
        if used + self.length_above + bytes.len() > MAX_IGNORES {
            return Err(
                "makes it more than 256 KiB of ignore files at once: it is not applied".into()
            );
        }
        // Git reads it as it is, and finds no line that it knows.
        if let Some(encoding) = text::wide(&bytes) {
            return Err(format!("is {encoding}, which git does not read: it is not applied"));
        }
        Ok(Some((Ignore::parse(&bytes), bytes.len())))
    }

    fn says(&mut self, path: &[u8], is_folder: bool) -> bool {
        self.paths += 1;
        if self.given_up || self.steps.get() > MAX_STEPS + self.paths * MAX_STEPS_EACH {
            return false;
        }
        let own = self.below.iter().rev().find_map(|(_, prefix, ignore, _)| {
            ignore.says(path.strip_prefix(prefix.as_bytes())?, is_folder, &self.steps)
        });
        let above = || {
            self.above.iter().find_map(|(prefix, ignore)| {
                ignore.says(&[prefix.as_bytes(), path].concat(), is_folder, &self.steps)
            })
        };
        own.or_else(above).unwrap_or(false)
    }

    fn has_just_given_up(&mut self) -> bool {
        let too_long = self.steps.get() > MAX_STEPS + self.paths * MAX_STEPS_EACH;
        too_long && !std::mem::replace(&mut self.given_up, too_long)
    }
}

/// Reads a source; the error says why it cannot be.
pub(super) fn source(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| {
        format!("cannot be read ({}), not scanned", failure::reason(&error))
    };
    let mut bytes = Vec::new();
    let file = regular::open(path).map_err(failed)?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        return Err("larger than 2 MiB, not scanned".into());
    }
    text::source(bytes).map_err(|why| format!("not scanned: it {why}"))
}

/// The text of a file of a package; bytes that are no UTF-8 are replaced. `None` when it cannot be read.
pub(super) fn text(path: &Path) -> Option<String> {
    text::source(bytes(path, MAX_BYTES)?).ok()
}

/// The first bytes of a regular file; `None` when it cannot be read.
pub(super) fn bytes(path: &Path, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    regular::open(path).ok()?.take(most as u64).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn prefix(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}
