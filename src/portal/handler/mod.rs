//! What every resource is made of: routes that declare themselves, keys of bodies, refusals, and common verbs.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod checks;
pub(crate) mod fields;
pub(crate) mod idempotency;
pub(crate) mod params;
pub(crate) mod query;
pub(crate) mod resource;
pub(crate) mod route;

pub(crate) use crate::portal::http::refusal;
