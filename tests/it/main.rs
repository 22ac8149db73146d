//! What `alter` and `alter-portal` do, seen from outside: words in, bytes and exit code out.

mod support;

mod apps;
mod argv;
mod completion;
mod escape;
mod exits;
mod help;
mod secrets;
mod workspace;
