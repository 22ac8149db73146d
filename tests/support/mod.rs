//! What the tests share: a temporary home, a portal, a scripted server, a terminal.

pub(crate) mod alter;
pub(crate) mod authority;
pub(crate) mod home;
pub(crate) mod openapi;
pub(crate) mod portal;
pub(crate) mod process;
pub(crate) mod pty;
pub(crate) mod release;
pub(crate) mod requests;
pub(crate) mod rule_bodies;
pub(crate) mod server;
pub(crate) mod tls_server;

pub(crate) use alter::{Alter, Outcome, alter};
pub(crate) use home::Home;
pub(crate) use openapi::OpenApi;
pub(crate) use portal::Portal;
pub(crate) use process::peak;
pub(crate) use pty::Pty;
pub(crate) use requests::Reply;
pub(crate) use server::{Play, Server};

/// A PAT of the right form, for servers that look at nothing.
pub(crate) const PAT: &str = "alter_pat_0123456789abcdefghijABCDEFGHIJ0123456789";

/// An app's id, for servers that look at nothing.
pub(crate) const APP: &str = "a1a1a1a1-0001-4000-8000-000000000001";

/// Says why a test that this machine cannot run was passed over.
pub(crate) fn skipped(why: &str) {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("skipped: {why}\n"));
}
