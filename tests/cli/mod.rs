//! What `alter` and `alter-portal` do, seen from outside: words in, bytes and exit code out.

mod argv;
mod bare;
mod bounds;
mod completion;
mod deleting;
mod escape;
mod exits;
mod help;
mod hostile_checkout;
mod http;
mod hundred;
mod once;
mod pages;
mod retries;
mod secrets;
mod self_update;
mod self_update_hostile;
mod streams;
mod workspace;
