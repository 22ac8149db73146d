//! Requests to the portal and what comes back.

pub(crate) mod agent;
pub(crate) mod client;
pub(crate) mod error;
pub(crate) mod proxy;
pub(crate) mod request;
pub(crate) mod resolver;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod roots;
pub(crate) mod routes;
mod setup;
pub(crate) mod tls;
mod tls_error;
pub(crate) mod trace;
mod tunnel;
pub(crate) mod x509;
