//! The command that was given, its flags, and what may be said of them together.

use crate::base::failure::Failure;

/// A command and its own flags that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    flags: Vec<&'static str>,
    /// `alter keys mint`
    command: String,
    scope: Option<&'static str>,
}

impl Given {
    /// Those of `seen` that are the command's own, in the order of its help.
    pub(crate) fn new(
        seen: &[&'static str],
        mut own: Vec<&'static str>,
        command: &str,
        scope: Option<&'static str>,
    ) -> Self {
        own.retain(|flag| seen.contains(flag));
        Self { flags: own, command: command.to_owned(), scope }
    }

    /// The scope that the command needs.
    pub(crate) fn scope(&self) -> Option<&'static str> {
        self.scope
    }

    /// Whether a flag was given.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// Refuses every other flag beside one that replaces them all, save those in `beside`.
    pub(crate) fn alone(&self, flag: &str, beside: &[&str]) -> Result<(), Failure> {
        let other = |given: &&&str| **given != flag && !beside.contains(given);
        match self.flags.iter().find(other) {
            Some(other) if self.has(flag) => {
                Err(Failure::usage(flag, format!("replaces {other}: give one of them")))
            }
            _ => Ok(()),
        }
    }

    /// Wants every one of these; names all that are missing. `or` is what may replace them.
    pub(crate) fn all(&self, flags: &[&str], or: &str) -> Result<(), Failure> {
        let missing: Vec<&str> = flags.iter().copied().filter(|flag| !self.has(flag)).collect();
        let be = match missing.len() {
            0 => return Ok(()),
            1 => "is",
            _ => "are",
        };
        let or = if or.is_empty() { String::new() } else { format!(", or {or}") };
        Err(Failure::usage(missing.join(", "), format!("{be} needed{or}"))
            .fix(format!("{} --help", self.command)))
    }

    /// Wants at least one of these; `what` says what there is without: `nothing to change`.
    pub(crate) fn one_of(&self, what: &str, flags: &[&str]) -> Result<(), Failure> {
        if flags.iter().any(|flag| self.has(flag)) {
            return Ok(());
        }
        Err(Failure::usage(what, format!("give at least one of {}", flags.join(", "))))
    }

    /// Refuses two of these together.
    pub(crate) fn at_most_one(&self, flags: &[&str]) -> Result<(), Failure> {
        let given: Vec<&str> = flags.iter().copied().filter(|flag| self.has(flag)).collect();
        match given[..] {
            [first, second, ..] => {
                Err(Failure::usage(first, format!("cannot be combined with {second}")))
            }
            _ => Ok(()),
        }
    }
}
