//! A newer `alter` in the place of the running one: release folders, their signature, and the change on the disk.

pub mod owner;
pub mod program;
pub mod release;
mod signature;
pub mod version;
