//! What is learned of a project before its files are held against the design: which there are, and which clients they
//! share.

use std::path::{Path, PathBuf};

use super::files::{self, Files, Found};
use super::shared::{Modules, is_barrel};
use crate::output::streams::Streams;
use crate::project::scan::{Code, Import, Language, Names, imports};

/// Warnings of one kind, one for each file, are not more than this.
const MAX_WARNINGS: usize = 5;

/// A project.
#[derive(Debug)]
pub(super) struct Project<'r> {
    pub(super) root: &'r Path,
    pub(super) sources: Vec<Source>,
    /// How many files could be read.
    pub(super) count: usize,
    pub(super) modules: Modules,
    /// Where packages of Python are, in it.
    pub(super) packages: Vec<PathBuf>,
    /// What is not looked at, and why.
    pub(super) passed_over: Vec<(String, String)>,
}

/// A source file.
#[derive(Debug)]
pub(super) struct Source {
    /// Its path, relative to the root.
    pub(super) file: String,
    pub(super) language: Language,
    /// Whether it has anything in it that is looked for in every file.
    pub(super) has_marks: bool,
}

impl<'r> Project<'r> {
    /// Looks for the source files below a folder, and for what they export.
    pub(super) fn walk(root: &'r Path) -> Self {
        let mut project = Self {
            root,
            sources: Vec::new(),
            count: 0,
            modules: Modules::default(),
            packages: Vec::new(),
            passed_over: Vec::new(),
        };
        let mut files = Files::below(root);
        for found in &mut files {
            match found {
                Found::PassedOver(file, why) => project.passed_over.push((file, why)),
                Found::Source(file, language) => project.add(file, language),
            }
        }
        project.packages = files.packages;
        project
    }

    fn add(&mut self, file: String, language: Language) {
        let text = match files::source(&self.root.join(&file)) {
            Ok(text) => text,
            Err(why) => return self.passed_over.push((file, why)),
        };
        self.count += 1;
        let has_marks = has_marks(language, &text);
        if has_marks {
            self.learn(&file, language, &text);
        }
        self.sources.push(Source { file, language, has_marks });
    }

    /// Learns which clients are passed on from one file to the next, the inner folders first.
    pub(super) fn learn_modules(&mut self) {
        if self.modules.is_empty() {
            return;
        }
        let barrels = self.sources.iter().filter(|source| is_barrel(&source.file));
        let mut barrels: Vec<_> =
            barrels.map(|source| (source.file.clone(), source.language)).collect();
        barrels.sort_by_key(|(file, _)| std::cmp::Reverse(file.matches('/').count()));
        for (file, language) in barrels {
            let Ok(text) = files::source(&self.root.join(&file)) else { continue };
            if self.modules.may_be_imported(&text) {
                self.learn(&file, language, &text);
            }
        }
    }

    fn learn(&mut self, file: &str, language: Language, text: &str) {
        let code = Code::new(language, text);
        let imports: Vec<Import> = imports(&code);
        let shared = self.modules.meanings(file, language, &imports);
        let mut exports = Names::new(&code, &imports, &shared).exported();
        if language == Language::Script {
            exports.extend(self.modules.passed_on(file, &imports));
        }
        self.modules.add(file, exports);
    }

    /// Names what was not looked at.
    pub(super) fn warn(&self, streams: &Streams) {
        let mut whys: Vec<&str> = Vec::new();
        for (_, why) in &self.passed_over {
            if !whys.contains(&why.as_str()) {
                whys.push(why);
            }
        }
        for why in whys {
            let files: Vec<_> = self
                .passed_over
                .iter()
                .filter(|(_, other)| other == why)
                .map(|(file, _)| file)
                .collect();
            for file in files.iter().take(MAX_WARNINGS) {
                streams.warn(&format!("{}: {why}", shown(self.root, file)));
            }
            if files.len() > MAX_WARNINGS {
                streams.warn(&format!("{} more: {why}", files.len() - MAX_WARNINGS));
            }
        }
    }
}

/// Returns whether a source has anything in it that is looked for, told without reading it as code.
fn has_marks(language: Language, text: &str) -> bool {
    const KEYS: [&str; 6] = ["_rk_", "_ak_", "_dk_", "_pk_", "_key_", "_pat_"];
    let sdk = if language == Language::Python { "_sdk" } else { "-sdk" };
    text.match_indices("alter").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        rest.starts_with(sdk) || KEYS.iter().any(|key| rest.starts_with(key))
    })
}

/// A file as it can be opened from here.
pub(super) fn shown(root: &Path, file: &str) -> String {
    let path = root.join(file);
    path.strip_prefix(".").unwrap_or(&path).display().to_string()
}
