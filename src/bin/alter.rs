//! The command line of the Alter developer portal.

use std::process::ExitCode;

fn main() -> ExitCode {
    alter::run()
}
