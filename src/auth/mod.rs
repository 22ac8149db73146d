//! Credentials: where they are kept, how people sign in, and what a PAT may do.

pub mod account;
mod auth_file;
mod auth_file_text;
mod browser;
mod callback;
mod config_dir;
pub mod credential;
mod keychain;
mod listener;
pub mod login;
pub mod page;
pub mod scopes;
pub mod source;
pub mod store;
