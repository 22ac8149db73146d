//! The parts that `alter` and `alter-portal` are made of.

pub mod auth;
pub mod input;
