//! What people give: instants, ids, files.

pub mod time;
