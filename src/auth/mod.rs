//! Credentials: where they are kept, how people sign in, and what a PAT may do.

pub(crate) mod account;
mod auth_file;
mod auth_file_text;
mod browser;
mod callback;
mod config_dir;
pub(crate) mod credential;
mod keychain;
mod listener;
pub(crate) mod login;
pub(crate) mod page;
pub(crate) mod scopes;
pub(crate) mod source;
pub(crate) mod store;
