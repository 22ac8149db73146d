//! What `alter` and `alter-portal` do, seen from outside: words in, bytes and exit code out.

mod support;

mod api;
mod apps;
mod argv;
mod audit;
mod bare;
mod completion;
mod deleting;
mod escape;
mod exits;
mod help;
mod hostile_checkout;
mod http;
mod hundred;
mod keys;
mod once;
mod pages;
mod retries;
mod secrets;
mod streams;
mod workspace;
