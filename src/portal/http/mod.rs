//! HTTP/1.1 over plain sockets: the faults must close, cut short and slow down answers, which no server crate lets one do.

pub(crate) mod body;
pub(crate) mod browser;
mod clients;
pub(crate) mod connection;
pub(crate) mod form;
mod receive;
pub(crate) mod refusal;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod server;
