//! The audit log: a row for every runtime call, recorded or computed.

mod chain;
mod computed_page;
mod event;
mod filter;
mod grouped;
pub(crate) mod integrity;
mod log;
pub(crate) mod principals;
pub(crate) mod synthetic;
mod tally;
pub(crate) mod threads;
pub(crate) mod traces;

pub(crate) use chain::record;
pub(crate) use event::{AuditEvent, Recorded};
pub(crate) use filter::Filter;
pub(crate) use log::Log;
pub(crate) use tally::Tally;
