//! What all requests share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::portal::audit::synthetic::{DeletedApp, SyntheticRows};
use crate::portal::deferred::Later;
use crate::portal::faults::Fault;
use crate::portal::http::response::Response;
use crate::portal::limiter::Limiter;
use crate::portal::memory::Runtime;
use crate::portal::sdk;
use crate::portal::store::Store;
use crate::portal::timestamp::Stamp;

/// The portal while it runs.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) settings: Settings,
    pub(crate) computed: Arc<SyntheticRows>,
    pub(crate) runtime: Runtime,
    store: Mutex<Store>,
    limiter: Mutex<Limiter>,
}

/// What its command line asks for.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) faults: Vec<Fault>,
    pub(crate) latency: Duration,
    /// The port it listens on.
    pub(crate) port: u16,
    /// Whether a sign-in needs no click.
    pub(crate) auto_approve: bool,
}

impl Portal {
    /// Brings the parts together.
    pub(crate) fn new(
        settings: Settings,
        computed: SyntheticRows,
        limiter: Limiter,
        store: Store,
    ) -> Result<Self, String> {
        let runtime = Runtime::new(settings.auto_approve)?;
        let (store, limiter) = (Mutex::new(store), Mutex::new(limiter));
        Ok(Self { settings, computed: Arc::new(computed), runtime, store, limiter })
    }

    /// The state, for this thread alone until it lets go.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        sdk::settle(&mut store.state.tables, Stamp::now());
        let deleted = store.state.tables.of::<DeletedApp>();
        self.computed.leave_out(|app| deleted.get(app).is_some());
        store
    }

    /// Runs what a handler deferred, and locks the state again to record the result.
    pub(crate) fn finish(
        &self,
        mut later: Box<dyn Later>,
        answer: Response,
    ) -> (MutexGuard<'_, Store>, Response) {
        later.run();
        let mut store = self.store();
        let answer = later.finish(&mut store.state.tables, answer);
        (store, answer)
    }

    /// What each PAT has left of its minute.
    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
