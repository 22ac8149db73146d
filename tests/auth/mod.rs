//! Signing in, seen from outside: the real binary, its own home, servers and keychains of the test's own.

mod browser;
mod descriptors;
mod disks;
mod files;
mod hostile;
mod https_dashboard;
mod keychain;
mod login;
mod support;
mod terminal;
mod tokens;
mod unseen;
mod variables;
