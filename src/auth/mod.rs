//! Credentials: where they are kept and what they may do.

pub mod scopes;
