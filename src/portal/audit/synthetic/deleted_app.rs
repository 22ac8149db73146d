//! Apps that are gone, so that no rows are computed of them.

use serde::{Deserialize, Serialize};

use crate::portal::store::Row;

/// A demo app that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DeletedApp {
    id: String,
}

impl DeletedApp {
    /// A note of its id.
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned() }
    }
}

impl Row for DeletedApp {
    const TABLE: &'static str = "deleted_apps";

    fn id(&self) -> &str {
        &self.id
    }
}
