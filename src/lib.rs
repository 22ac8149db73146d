//! The parts that `alter` and `alter-portal` are made of.

pub mod auth;
pub mod cli;
pub mod cmd;
pub mod context;
pub mod design;
pub mod failure;
pub mod given;
pub mod html;
pub mod http;
pub mod id;
pub mod input;
pub mod interrupt;
mod nofollow;
pub mod origin;
pub mod output;
pub mod page;
pub mod pin;
pub mod random;
pub mod redact;
pub mod runtime;
mod scan;
pub mod secret;
pub mod session;
mod subprocess;
pub mod time;
pub mod update;
pub mod verify;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;
