//! The app file: an app in one file. It is read strictly, compared with the portal, and applied; and made from an app.

pub(crate) mod apply;
pub(crate) mod compare;
pub(crate) mod current;
pub(crate) mod declare;
pub(crate) mod export;
pub(crate) mod fault;
pub(crate) mod kinds;
pub(crate) mod plan;
pub(crate) mod portal;
pub(crate) mod read;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod secret_values;
pub(crate) mod secrets_dir;
pub(crate) mod show;
pub(crate) mod step;
pub(crate) mod thing;
pub(crate) mod value;
pub(crate) mod yaml_text;
