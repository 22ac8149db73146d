//! What goes over the network: exchanges, retries, TLS and proxies.

mod addresses;
mod certificates;
mod exactly_once;
mod http;
mod retries;
mod tls;
