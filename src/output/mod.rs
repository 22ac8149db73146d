//! What a person or a script gets to see.

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

use std::io;

/// The system's own sentence for an error, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((sentence, _)) => sentence.to_owned(),
        None => text,
    }
}
