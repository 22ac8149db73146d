//! The runtime protocol: signed requests, and provider calls with a credential put into them.

pub(crate) mod audit_row;
pub(crate) mod backend;
pub(crate) mod base64;
pub(crate) mod challenge;
pub(crate) mod digest;
pub(crate) mod inject;
pub(crate) mod key;
pub(crate) mod memory;
pub(crate) mod provider;
pub(crate) mod refusal;
pub(crate) mod sign;
pub(crate) mod sigv4;
pub(crate) mod target;
pub(crate) mod token;
pub(crate) mod url;
