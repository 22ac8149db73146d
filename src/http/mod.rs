//! Requests to the portal and what comes back.

pub mod agent;
pub mod client;
pub mod error;
pub mod proxy;
pub mod request;
pub mod resolver;
pub mod response;
pub mod retry;
pub mod roots;
pub mod routes;
mod setup;
pub mod tls;
mod tls_error;
pub mod trace;
mod tunnel;
pub mod x509;
