//! What `alter` and `alter-portal` do, seen from outside: words in, bytes and exit code out.

mod support;

mod apps;
mod argv;
mod exits;
mod help;
mod http;
mod hundred;
mod retries;
mod workspace;
