//! `alter-portal` as its clients see it: the real program, over real sockets.

mod agents;
mod apps;
mod audit;
mod audit_feeds;
mod conformance;
mod errors;
mod faults;
mod grants;
mod idempotency;
<<<<<<< HEAD
mod identity_providers;
=======
mod integrity;
>>>>>>> 1b36b84 (Check the hashes of the audit log, and name the rows that are not what they were)
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
