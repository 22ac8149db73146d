//! Requests to the portal and what comes back.

pub mod answer;
pub mod client;
pub mod proxy;
pub mod request;
pub mod resolver;
pub mod retry;
pub mod roots;
pub mod routes;
pub mod tls;
pub mod trace;
pub mod trouble;
pub mod url;
pub mod x509;
