//! The command line: words in, one checked command out.

pub(crate) mod argv;
pub(crate) mod complete;
pub(crate) mod context;
pub(crate) mod flags_seen;
pub(crate) mod globals;
pub(crate) mod help;
pub(crate) mod paging;
pub(crate) mod suggest;
pub(crate) mod topics;
pub(crate) mod tree;
