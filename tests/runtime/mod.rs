//! The runtime protocol, between a portal and a provider that play what they are told.

mod access;
mod approved;
mod calls;
mod client;
mod connections;
mod doors;
mod failures;
mod guarded;
mod identity;
mod pages;
mod proxied;
mod sdk;
mod secrets;
mod shown;
mod signed;
mod stage;
mod streams;
mod user_tokens;
mod widget;
