//! Credentials: where they are kept, how people sign in, and what a PAT may do.

pub mod account;
mod browser;
mod callback;
pub mod credential;
mod file;
mod folder;
mod keychain;
mod listener;
pub mod login;
mod page;
pub mod scopes;
pub mod secret;
pub mod store;
mod toml;
