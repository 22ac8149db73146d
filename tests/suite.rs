//! What `alter` and `alter-portal` do, seen from outside: arguments in, bytes and exit code out.

mod app_file;
mod auth;
mod cli;
mod journeys;
mod namespaces;
mod net;
mod portal;
mod readme;
mod runtime;
mod support;
mod verify;
