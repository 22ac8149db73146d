//! The runtime protocol, between a portal and a provider that play what they are told.

mod calls;
mod failures;
mod identity;
mod sdk;
mod stage;
mod streams;
