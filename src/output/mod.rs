//! Output: streams, tables, JSON, prompts.

mod byte_scan;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod escape;
pub(crate) mod json;
mod json_text;
pub(crate) mod layout;
pub(crate) mod prompt;
pub(crate) mod results;
pub(crate) mod series;
pub(crate) mod shell;
pub(crate) mod streams;
pub(crate) mod table;
mod unseen;
