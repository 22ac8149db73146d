//! The command line of the Alter developer portal.

fn main() {}
