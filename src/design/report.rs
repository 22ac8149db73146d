//! What is wrong with a design, as it is printed.

use serde::Serialize;

use super::Severity;

/// Changes when the same design may be judged otherwise.
const RULES_VERSION: &str = "1";

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The line of the file.
    pub line: usize,
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
    pub fn not_configured(provider: &super::Word) -> Self {
        let message = format!("provider `{}` is not configured on the app", provider.text);
        Self::error("provider-not-configured", provider.line, message)
    }
}

/// The verdict on a design.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `pass` or `fail`.
    pub status: &'static str,
    /// Which rules it was checked against.
    pub rules_version: &'static str,
    /// What is wrong.
    pub violations: Vec<Violation>,
}

impl Report {
    /// The verdict that follows.
    pub fn new(violations: Vec<Violation>) -> Self {
        let failed = violations.iter().any(|violation| violation.severity == Severity::Error);
        let status = if failed { "fail" } else { "pass" };
        Self { status, rules_version: RULES_VERSION, violations }
    }

    /// How many of them fail the design.
    pub fn errors(&self) -> usize {
        self.violations.iter().filter(|found| found.severity == Severity::Error).count()
    }
}
