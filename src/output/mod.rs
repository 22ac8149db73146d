//! Output: streams, tables, JSON, prompts.

mod byte_scan;
pub mod escape;
pub mod json;
mod json_text;
pub mod layout;
pub mod prompt;
pub mod results;
pub mod series;
pub mod shell;
pub mod streams;
pub mod table;
