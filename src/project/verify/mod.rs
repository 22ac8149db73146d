//! Holds an integration against its design: what its files say, what its key may do, what it did.

mod exports;
mod files;
mod finding;
mod git;
mod ignore;
mod installed;
pub(crate) mod key;
mod project;
mod python;
pub(crate) mod runtime;
mod scopes;
mod script_package;
mod shapes;
mod shared;
mod source;
mod symbols;

use std::mem;
use std::path::Path;

use serde::Serialize;

use crate::output::streams::Streams;
use crate::project::design::{Design, Severity};
use crate::project::scan::{Calls, Code, Names, imports};
pub(crate) use finding::Finding;
use project::{Project, Source, shown};
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
        let mut project = Project::walk(root);
        project.learn_modules();
        let mut symbols = with_sdk.then(|| Symbols::new(mem::take(&mut project.packages)));
        for source in mem::take(&mut project.sources) {
            if !source.has_marks && project.modules.is_empty() {
                continue;
            }
            // What cannot be read was said when it was first looked at.
            let Ok(text) = files::source(&root.join(&source.file)) else { continue };
            if source.has_marks || project.modules.may_be_imported(&text) {
                let whole = self.source(design, &project, &source, &text, symbols.as_mut());
                if !whole {
                    let why = "is too tangled to be read to its end";
                    project.passed_over.push((source.file, why.to_owned()));
                }
            }
        }
        self.files = project.count;
        project.warn(streams);
        if self.users == 0 {
            streams.note("No file imports the SDK.");
        }
    }

    /// Looks at one file; returns whether it was read to its end.
    fn source(
        &mut self,
        design: &Design,
        project: &Project,
        source: &Source,
        text: &str,
        symbols: Option<&mut Symbols>,
    ) -> bool {
        let shown = shown(project.root, &source.file);
        let code = Code::new(source.language, text);
        let imports = imports(&code);
        let shared = project.modules.meanings(&source.file, source.language, &imports);
        let names = Names::new(&code, &imports, &shared);
        let imports_sdk = imports.iter().any(|import| import.part.is_some());
        self.users += usize::from(imports_sdk);
        let calls = if imports_sdk || !shared.is_empty() {
            Calls::of(&code, &names)
        } else {
            Calls::default()
        };
        self.findings.extend(source::check(design, &code, &names, &calls, &shown));
        self.findings.extend(shapes::check(&code, &names, &calls, &shown));
        if let Some(symbols) = symbols {
            let found = symbols.check(project.root, &code, &imports, &source.file, &shown);
            self.findings.extend(found);
        }
        self.scopes.add(&shown, &calls);
        code.was_read_whole()
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
