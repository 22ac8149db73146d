//! What people give: instants, ids, files.

pub(crate) mod check;
pub(crate) mod header;
pub(crate) mod intake;
pub(crate) mod rule_body;
pub(crate) mod text;
pub(crate) mod yaml;
