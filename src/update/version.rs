//! Versions of releases, in their order.

use std::fmt;

use crate::base::failure::Failure;

/// `major.minor.patch`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u32; 3]);

impl Version {
    /// The version of the running program.
    pub(crate) fn running() -> Result<Self, Failure> {
        let text = env!("CARGO_PKG_VERSION");
        Self::read(text).ok_or_else(|| {
            Failure::error("this program's version", format!("{text} is no release"))
        })
    }

    /// The version that a flag names, with or without a `v` before it.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, Failure> {
        Self::read(text.strip_prefix('v').unwrap_or(text))
            .ok_or_else(|| Failure::usage(what, "wants a version such as 0.3.0"))
    }

    /// A version that is written exactly as [`fmt::Display`] writes it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = Self([parts.next()??, parts.next()??, parts.next()??]);
        (parts.next().is_none() && version.to_string() == text).then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number() {
        let version = |text| Version::read(text).unwrap();
        assert!(version("0.9.0") < version("0.10.0"));
        assert!(version("1.0.0") > version("0.99.99"));
        for bad in ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-rc1", "+1.2.3", "1.2.99999999999"] {
            assert_eq!(Version::read(bad), None, "{bad}");
        }
    }
}
