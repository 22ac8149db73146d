//! `alter-portal` as its clients see it: the real program, over real sockets.

mod agents;
mod apps;
mod audit;
mod conformance;
mod audit_feeds;
mod errors;
mod faults;
mod grants;
mod idempotency;
mod identity_providers;
mod keys;
mod many;
mod providers;
mod rubbish;
mod secrets;
mod sign_in;
mod state;
mod support;
