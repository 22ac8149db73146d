//! What people give: instants, ids, files.

pub mod check;
pub mod environment;
pub mod header;
pub mod intake;
pub mod rule_body;
