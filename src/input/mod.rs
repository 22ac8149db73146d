//! What people give: instants, ids, files.

pub mod check;
pub mod environment;
pub mod header;
pub mod intake;
pub mod regular;
pub mod rule_body;
