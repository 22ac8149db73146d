//! What every other part may use.

pub(crate) mod environment;
pub(crate) mod failure;
pub(crate) mod html;
pub(crate) mod id;
pub(crate) mod interrupt;
pub(crate) mod lock;
pub(crate) mod nofollow;
pub(crate) mod origin;
pub(crate) mod random;
pub(crate) mod redact;
pub(crate) mod regular;
pub(crate) mod secret;
pub(crate) mod subprocess;
pub(crate) mod time;
pub(crate) mod wrapping;
