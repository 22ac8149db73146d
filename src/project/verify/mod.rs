//! Holds an integration against its design: what its files say, what its key may do, what it did.

mod exports;
mod files;
mod finding;
mod ignore;
mod installed;
pub(crate) mod key;
pub(crate) mod runtime;
mod scopes;
mod script_package;
mod shapes;
mod source;
mod symbols;

use std::path::Path;

use serde::Serialize;

use crate::output::streams::Streams;
use crate::project::design::{Design, Severity};
use crate::project::scan::{Calls, Code, Language, Names, imports};
use files::{Files, Found};
pub(crate) use finding::Finding;
pub(crate) use scopes::Scopes;
use symbols::Symbols;

/// What came out of it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// `pass` or `fail`.
    pub(crate) status: &'static str,
    /// How many source files were looked at.
    pub(crate) files_scanned: usize,
    /// The scopes that the SDK calls in them need.
    pub(crate) required_scopes: Vec<&'static str>,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
}

/// What the files say.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    files: usize,
    /// How many of them import the SDK.
    users: usize,
    /// The scopes that the SDK calls need.
    pub(crate) scopes: Scopes,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
}

impl Scan {
    /// Adds what is wrong with the design itself.
    pub(crate) fn design(&mut self, design: &Design, file: &str) {
        self.findings.extend(design.violations().into_iter().map(|violation| Finding {
            severity: violation.severity,
            ..Finding::error("A", violation.rule, violation.message).at(file, violation.line)
        }));
    }

    /// Looks through the source files below a folder. With `with_sdk` imports are looked up in the installed SDK.
    pub(crate) fn sources(
        &mut self,
        streams: &Streams,
        design: &Design,
        root: &Path,
        with_sdk: bool,
    ) {
        let mut symbols = Symbols::default();
        for found in Files::below(root) {
            match found {
                Found::TooLarge(file) => {
                    streams
                        .warn(&format!("{}: larger than 2 MiB, not scanned", shown(root, &file)));
                }
                Found::Source(file, language) => {
                    let Some(text) = files::text(&root.join(&file)) else {
                        streams.warn(&format!("{}: cannot be read", shown(root, &file)));
                        continue;
                    };
                    self.files += 1;
                    if is_worth_reading(language, &text) {
                        let symbols = with_sdk.then_some(&mut symbols);
                        self.source(design, root, &file, language, &text, symbols);
                    }
                }
            }
        }
        if self.users == 0 {
            streams.note("No file imports the SDK.");
        }
    }

    fn source(
        &mut self,
        design: &Design,
        root: &Path,
        file: &str,
        language: Language,
        text: &str,
        symbols: Option<&mut Symbols>,
    ) {
        let shown = shown(root, file);
        let code = Code::new(language, text);
        let imports = imports(&code);
        let names = Names::new(&code, &imports);
        let ours = imports.iter().any(|import| import.part.is_some());
        self.users += usize::from(ours);
        let calls = if ours { Calls::of(&code, &names) } else { Calls::default() };
        self.findings.extend(source::check(design, &code, &names, &calls, &shown));
        self.findings.extend(shapes::check(&code, &names, &calls, &shown));
        if let Some(symbols) = symbols {
            self.findings.extend(symbols.check(root, &code, &imports, file, &shown));
        }
        self.scopes.add(&shown, &calls);
    }

    /// The verdict, files in their order.
    pub(crate) fn report(mut self) -> Report {
        self.findings.sort_by(|one, other| {
            (one.gate, &one.file, one.line).cmp(&(other.gate, &other.file, other.line))
        });
        let failed = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        Report {
            status: if failed { "fail" } else { "pass" },
            files_scanned: self.files,
            required_scopes: self.scopes.names(),
            findings: self.findings,
        }
    }
}

/// Whether a source has anything in it that is looked for, told without reading it as code.
fn is_worth_reading(language: Language, text: &str) -> bool {
    const KEYS: [&str; 6] = ["_rk_", "_ak_", "_dk_", "_pk_", "_key_", "_pat_"];
    let sdk = if language == Language::Python { "_sdk" } else { "-sdk" };
    text.match_indices("alter").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        rest.starts_with(sdk) || KEYS.iter().any(|key| rest.starts_with(key))
    })
}

/// A file as it can be opened from here.
fn shown(root: &Path, file: &str) -> String {
    let path = root.join(file);
    path.strip_prefix(".").unwrap_or(&path).display().to_string()
}
