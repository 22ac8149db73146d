//! The parts that `alter` and `alter-portal` are made of.

pub mod api;
mod app_file;
mod auth;
mod base;
mod cli;
mod cmd;
#[cfg(feature = "portal")]
pub mod for_tests;
mod http;
mod input;
mod output;
#[cfg(feature = "portal")]
pub mod portal;
mod project;
mod protocol;
mod session;
mod update;

pub use cmd::program::run;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;
