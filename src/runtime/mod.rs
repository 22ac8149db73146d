//! The runtime protocol: signed requests, and provider calls with a credential put into them.

pub mod digest;
pub mod inject;
pub mod key;
pub mod sign;
pub mod sigv4;
pub mod target;
pub mod token;
pub mod url;
