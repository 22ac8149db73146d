//! The resources: a file each, with its shapes, its routes and its handlers.

pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod computed;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod pats;
pub(crate) mod plaintext;
pub(crate) mod portal_actions;
