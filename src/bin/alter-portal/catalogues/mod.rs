//! What there is to connect to: OAuth providers and templates of managed secrets, as the product's documentation lists them.

pub(crate) mod providers;
pub(crate) mod templates;
