//! The namespaces, a file each: what a verb sends, refuses and shows, as tables of cases.

mod cases;

mod analytics;
mod api;
mod approvals;
mod apps;
mod audit;
mod branding;
mod end_users;
mod explain;
mod grants;
mod keys;
mod policy;
