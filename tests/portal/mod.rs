//! `alter-portal` as its clients see it: the real program, over real sockets.

mod access;
mod agents;
mod analytics;
mod apps;
mod audit;
mod audit_feeds;
mod branding;
mod conformance;
mod emulator;
mod errors;
mod faults;
mod grants;
mod idempotency;
mod identity_providers;
mod integrity;
mod keys;
mod large_organisations;
mod misbehaving_clients;
mod policy;
mod providers;
mod secrets;
pub(crate) mod shapes;
mod sign_in;
mod state;
