//! The namespaces, a file each: what a verb sends, refuses and shows, as tables of cases.

mod cases;
mod credentials;

mod agents;
mod analytics;
mod api;
mod approvals;
mod apps;
mod apps_delete;
mod audit;
mod branding;
mod design;
mod doctor;
mod end_users;
mod explain;
mod followed;
mod grants;
mod identity_providers;
mod init;
mod keys;
mod managed_secrets;
mod oversight;
mod policy;
mod providers;
mod scopes;
mod sdk_passthrough;
mod secret_grants;
mod stories;
mod widths;
