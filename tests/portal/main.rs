//! `alter-portal` as its clients see it: the real program, over real sockets.

mod access;
mod agents;
mod analytics;
mod apps;
mod audit;
mod audit_feeds;
mod branding;
mod conformance;
mod errors;
mod faults;
mod grants;
mod idempotency;
mod identity_providers;
mod integrity;
mod keys;
mod many;
mod policy;
mod providers;
mod rubbish;
#[path = "../support/rule_bodies.rs"]
mod rule_bodies;
mod secrets;
mod sign_in;
mod state;
mod support;
