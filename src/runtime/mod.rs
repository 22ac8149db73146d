//! The runtime protocol: signed requests, and provider calls with a credential put into them.

pub mod audit_row;
pub mod backend;
pub mod base64;
pub mod challenge;
pub mod digest;
pub mod inject;
pub mod key;
pub mod memory;
pub mod provider;
pub mod refusal;
pub mod sign;
pub mod sigv4;
pub mod target;
pub mod token;
pub mod url;
