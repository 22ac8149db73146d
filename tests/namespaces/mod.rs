//! The namespaces, a file each: what a verb sends, refuses and shows, as tables of cases.

mod cases;

mod api;
mod apps;
mod audit;
mod design;
mod init;
mod keys;
