//! Credentials: where they are kept, how people sign in, and what a PAT may do.

pub mod account;
mod child;
pub mod credential;
mod file;
mod folder;
mod keychain;
pub mod scopes;
pub mod secret;
pub mod store;
mod toml;
