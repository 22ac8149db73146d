//! A checkout: its pin, its design, and its source code.

pub(crate) mod design;
pub(crate) mod pin;
pub(crate) mod scan;
pub(crate) mod verify;
