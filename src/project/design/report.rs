//! What is wrong with a design, as it is printed.

use serde::Serialize;

use super::Severity;

/// Changes when the same design may be judged otherwise.
const RULES_VERSION: &str = "1";

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Violation {
    /// The rule's name.
    pub(crate) rule: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What is wrong.
    pub(crate) message: String,
    /// The line of the file.
    pub(crate) line: usize,
}

impl Violation {
    /// What fails the design.
    pub(super) fn error(rule: &'static str, line: usize, message: impl Into<String>) -> Self {
        Self { rule, severity: Severity::Error, message: message.into(), line }
    }

    /// What does not fail it.
    pub(super) fn warning(rule: &'static str, line: usize, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, line, message) }
    }

    /// A provider that the design names and the app has not.
    pub(crate) fn not_configured(provider: &super::Word) -> Self {
        let message = format!("provider `{}` is not configured on the app", provider.text);
        Self::error("provider-not-configured", provider.line, message)
    }
}

/// The verdict on a design.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// `pass` or `fail`.
    pub(crate) status: &'static str,
    /// Which rules it was checked against.
    pub(crate) rules_version: &'static str,
    /// What is wrong.
    pub(crate) violations: Vec<Violation>,
}

impl Report {
    /// The verdict that follows.
    pub(crate) fn new(violations: Vec<Violation>) -> Self {
        let failed = violations.iter().any(|violation| violation.severity == Severity::Error);
        let status = if failed { "fail" } else { "pass" };
        Self { status, rules_version: RULES_VERSION, violations }
    }

    /// How many of them fail the design.
    pub(crate) fn errors(&self) -> usize {
        self.violations.iter().filter(|found| found.severity == Severity::Error).count()
    }
}
