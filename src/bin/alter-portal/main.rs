//! The Alter developer portal on one machine.

fn main() {}
