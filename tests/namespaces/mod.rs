//! The namespaces, a file each: what a verb sends, refuses and shows, as tables of cases.

mod cases;
mod credentials;

mod agents;
mod api;
mod apps;
mod audit;
mod identity_providers;
mod keys;
mod managed_secrets;
mod providers;
mod secret_grants;
