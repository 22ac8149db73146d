//! A newer `alter` in the place of the running one: release folders, their signature, and the change on the disk.

pub(crate) mod owner;
pub(crate) mod program;
pub(crate) mod release;
mod signature;
pub(crate) mod version;
