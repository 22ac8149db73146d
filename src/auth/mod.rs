//! Credentials: where they are kept and what they may do.

pub mod credential;
pub mod scopes;
pub mod secret;
