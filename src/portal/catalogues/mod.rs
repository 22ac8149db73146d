//! What there is to choose from: OAuth providers, templates of managed secrets and scopes of runtime keys, as the
//! product's documentation lists them.

pub(crate) mod providers;
pub(crate) mod runtime_scopes;
pub(crate) mod templates;
