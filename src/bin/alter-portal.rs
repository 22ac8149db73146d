//! The Alter developer portal on one machine.

use std::process::ExitCode;

fn main() -> ExitCode {
    alter::portal::run()
}
