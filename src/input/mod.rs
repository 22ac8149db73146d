//! What people give: instants, ids, files.

pub mod environment;
pub mod id;
pub mod instant;
pub mod intake;
pub mod time;
