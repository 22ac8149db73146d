//! The command line: words in, one checked command out.

pub mod argv;
pub mod complete;
pub mod globals;
pub mod help;
pub mod suggest;
pub mod topics;
pub mod tree;
