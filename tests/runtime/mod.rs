//! The runtime protocol, between a portal and a provider that play what they are told.

mod calls;
mod failures;
mod guarded;
mod identity;
mod sdk;
mod signed;
mod stage;
mod streams;
