//! Requests to the portal and what comes back.

pub(crate) mod agent;
pub(crate) mod client;
mod dial;
pub(crate) mod error;
mod exchange;
pub(crate) mod observed;
pub(crate) mod proxy;
pub(crate) mod request;
mod resolver;
pub(crate) mod response;
pub(crate) mod retry;
mod roots;
mod setup;
mod socket;
mod tls;
mod tls_error;
pub(crate) mod trace;
mod tunnel;
mod x509;
