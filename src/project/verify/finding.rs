//! What a check found.

use serde::Serialize;

use crate::project::design::Severity;

/// One thing that was found.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// `A` for what the files say, `B` for the key, `C` for what happened at runtime.
    pub(crate) gate: &'static str,
    /// The rule's name.
    pub(crate) rule: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// The file, as it can be opened from here.
    pub(crate) file: Option<String>,
    /// The line of the file.
    pub(crate) line: Option<usize>,
    /// What is wrong, and what to do about it.
    pub(crate) message: String,
}

impl Finding {
    /// What fails a gate.
    pub(super) fn error(
        gate: &'static str,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let severity = Severity::Error;
        Self { gate, rule, severity, file: None, line: None, message: message.into() }
    }

    /// The same, as a warning.
    #[must_use]
    pub(super) fn warns(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Says where.
    #[must_use]
    pub(super) fn at(self, file: &str, line: usize) -> Self {
        Self { file: Some(file.to_owned()), line: Some(line), ..self }
    }
}
