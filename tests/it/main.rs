//! What `alter` and `alter-portal` do, seen from outside: words in, bytes and exit code out.

mod support;

mod apps;
mod argv;
mod completion;
mod deleting;
mod escape;
mod exits;
mod help;
mod http;
mod hundred;
mod keys;
mod once;
mod retries;
mod secrets;
mod workspace;
