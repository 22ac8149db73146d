//! The places that a PAT can come from.

/// Where a PAT can come from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `ALTER_PAT`
    Environment,
    /// The system's keychain.
    Keychain,
    /// `auth.toml` in the config folder.
    File,
}

impl Source {
    /// The words for it in a sentence.
    pub(crate) const fn place(self) -> &'static str {
        match self {
            Source::Environment => "ALTER_PAT",
            Source::Keychain => "the keychain",
            Source::File => "auth.toml",
        }
    }

    /// The word for it in results.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Source::Environment => "env",
            Source::Keychain => "keychain",
            Source::File => "file",
        }
    }
}
