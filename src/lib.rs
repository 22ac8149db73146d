//! The parts that `alter` and `alter-portal` are made of.

pub mod auth;
mod child;
pub mod cli;
pub mod cmd;
pub mod context;
pub mod failure;
pub mod http;
pub mod input;
pub mod out;
pub mod portal;
pub mod random;
pub mod workspace;
