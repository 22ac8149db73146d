//! Credentials as values that cannot be printed.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::base::failure::Failure;
use crate::base::redact;
use crate::base::wrapping;

const PAT_PREFIX: &str = "alter_pat_";
const MAX_PAT: usize = 512;

/// Text that must not be seen: `Debug` and `Display` hide it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Takes a text out of sight.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that sends or stores it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// So that a flag can hold one.
impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A Personal Access Token, its form checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pat(Secret);

impl Pat {
    /// Checks the form of a PAT. `what` is the flag, variable or file it came from; the text is never repeated.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, Failure> {
        if let Some(words) = wrapping::words(text) {
            return Err(Failure::usage(
                what,
                format!("is not a whole PAT: it {words}, which is not part of one"),
            )
            .fix("give the bare PAT, without it"));
        }
        if !text.starts_with(PAT_PREFIX) {
            return Err(not_a_pat(what, text));
        }
        if text.len() > MAX_PAT {
            return Err(Failure::usage(
                what,
                format!("is longer than the {MAX_PAT} characters of a PAT"),
            ));
        }
        if text.len() == PAT_PREFIX.len() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::usage(
                what,
                "is not a whole PAT: it must be printable ASCII without blanks",
            ));
        }
        redact::remember(text);
        Ok(Self(Secret::new(text.to_owned())))
    }

    /// The token itself, for the one place that sends or stores it.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

fn not_a_pat(what: &str, text: &str) -> Failure {
    match redact::MARKS.iter().find(|prefix| text.starts_with(*prefix)) {
        Some(prefix) => Failure::usage(
            what,
            format!("is a runtime API key ({prefix}…), not a Personal Access Token"),
        ),
        None if text.is_empty() => Failure::usage(what, "is empty"),
        None => Failure::usage(
            what,
            format!("is no Personal Access Token: one begins with {PAT_PREFIX}"),
        ),
    }
    .fix("mint a PAT in the dashboard, or run alter auth login")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pat_cannot_be_printed() {
        let pat = Pat::parse("ALTER_PAT", "alter_pat_marked").unwrap();
        assert!(!format!("{pat:?} {:?} {}", pat.0, pat.0).contains("marked"));
    }

    #[test]
    fn the_form_is_checked_without_repeating_it() {
        for text in [
            "",
            "sekret",
            "alter_pat_",
            "alter_pat_sek ret",
            "alter_pat_sekret\u{e9}",
            "alter_rk_sekret",
        ] {
            let failure = Pat::parse("ALTER_PAT", text).unwrap_err();
            assert!(!failure.message().contains("sek"), "{}", failure.message());
        }
        assert!(Pat::parse("ALTER_PAT", &format!("alter_pat_{}", "x".repeat(503))).is_err());
        assert!(Pat::parse("ALTER_PAT", "alter_rk_x").unwrap_err().message().contains("runtime"));
    }
}
