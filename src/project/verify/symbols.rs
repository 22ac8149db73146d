//! Whether what is imported from the SDK is in the version that is installed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Finding;
use super::exports::Exports;
use super::installed::{self, Places};
use crate::project::scan::{Code, Import, Language};

/// Looks up imports, each package and part of it read once.
#[derive(Debug)]
pub(super) struct Symbols {
    places: Places,
    packages: HashMap<(bool, PathBuf), Option<PathBuf>>,
    exports: HashMap<(PathBuf, String), Option<Exports>>,
    /// Languages whose package was missed already.
    missed: [bool; 2],
}

/// More parts of a package than this are not read: whoever wrote the code wrote the package too.
const MAX_PARTS: usize = 100;

impl Symbols {
    /// Looks nothing up yet; packages may be in these folders of the project too.
    pub(super) fn new(packages: Vec<PathBuf>) -> Self {
        Self {
            places: Places::new(packages),
            packages: HashMap::new(),
            exports: HashMap::new(),
            missed: [false; 2],
        }
    }

    /// Checks the imports of one file below a folder.
    pub(super) fn check(
        &mut self,
        root: &Path,
        code: &Code,
        imports: &[Import],
        file: &str,
        shown: &str,
    ) -> Vec<Finding> {
        let language = code.language;
        let ours: Vec<_> = imports.iter().filter(|import| import.part.is_some()).collect();
        let Some(first) = ours.first() else { return Vec::new() };
        let folder = root.join(file);
        let folder = folder.parent().unwrap_or(root).to_owned();
        let key = (language == Language::Python, folder.clone());
        let places = &self.places;
        let found = self.packages.entry(key).or_insert_with(|| places.sdk(language, &folder));
        let Some(package) = found.clone() else {
            let missed = &mut self.missed[usize::from(language == Language::Python)];
            if std::mem::replace(missed, true) {
                return Vec::new();
            }
            let install = match language {
                Language::Python => "pip install alter-sdk",
                Language::Script => "npm install",
            };
            let message = format!(
                "{} is not installed here, so its names cannot be checked: {install}, or --skip-sdk-check",
                language.package()
            );
            let finding = Finding::error("A", "sdk-not-installed", message);
            return vec![finding.at(shown, code.line(first.at))];
        };
        ours.into_iter()
            .filter_map(|import| {
                let missing = self.missing(language, &package, import)?;
                let message = format!("{missing} in the installed {}", language.package());
                Some(Finding::error("A", "unknown-symbol", message).at(shown, code.line(import.at)))
            })
            .collect()
    }

    fn missing(&mut self, language: Language, package: &Path, import: &Import) -> Option<String> {
        let part = import.part.as_deref()?;
        let parts = self.exports.len();
        let exports = self.exports.entry((package.to_owned(), part.to_owned())).or_insert_with(
            || match parts {
                0..MAX_PARTS => installed::exports(language, package, part),
                _ => Some(Exports::unknown()),
            },
        );
        match (exports, import.symbol) {
            (None, _) => Some(format!("there is no `{part}`")),
            (Some(exports), Some(symbol)) if !exports.has(symbol) => {
                Some(format!("there is no `{symbol}`"))
            }
            _ => None,
        }
    }
}
