//! The command line itself: arguments, help, completion, output, exit codes and surroundings.

mod argv;
mod bare_environment;
mod completion;
mod escape;
mod exits;
mod first_process;
mod fuzz;
mod global_flags;
mod help;
mod hostile_checkout;
mod large_answers;
mod one_time_secrets;
mod ownership;
mod paginate;
mod pinned_app;
mod secrets;
mod self_update;
mod self_update_hostile;
mod signals;
mod streams;
mod terminals;
