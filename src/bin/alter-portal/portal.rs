//! What all requests share, and which part of the portal answers them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::api::{self, faults::Fault};
use crate::dashboard;
use crate::http::answer::Reply;
use crate::http::request::Request;
use crate::resources::computed::Computed;
use crate::store::Store;

/// The portal while it runs.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) settings: Settings,
    pub(crate) computed: Computed,
    store: Mutex<Store>,
}

/// What its command line asks for.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) faults: Vec<Fault>,
    pub(crate) latency: Duration,
    /// Whether a sign-in needs no click.
    pub(crate) auto_approve: bool,
}

impl Portal {
    /// Brings the parts together.
    pub(crate) fn new(settings: Settings, computed: Computed, store: Store) -> Self {
        Self {
            settings,
            computed,
            store: Mutex::new(store),
        }
    }

    /// The state, for this thread alone until it lets go.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request.
    pub(crate) fn reply(&self, request: &Request) -> Reply {
        match request.path.strip_prefix("/api/v1") {
            Some(path) if path.is_empty() || path.starts_with('/') => {
                api::reply(self, request, path)
            }
            _ => dashboard::answer(self, request).into(),
        }
    }
}
