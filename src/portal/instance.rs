//! What all requests share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::portal::audit::synthetic::{DeletedApp, SyntheticRows};
use crate::portal::deferred::Later;
use crate::portal::emulator::Advanced;
use crate::portal::faults::Fault;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::limiter::Limiter;
use crate::portal::memory::{Completion, Nonce, Runtime};
use crate::portal::sdk;
use crate::portal::seed::{Credentials, Seed};
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
    pub(crate) completion: Completion,
    /// What it begins with, and goes back to.
    pub(crate) seed: Seed,
    pub(crate) credentials: Credentials,
}

impl Portal {
    /// Brings the parts together.
    pub(crate) fn new(
        settings: Settings,
        computed: SyntheticRows,
        limiter: Limiter,
        store: Store,
    ) -> Result<Self, String> {
        let runtime = Runtime::new(settings.completion, settings.port)?;
        runtime.nonces().load(&store.state.tables);
        let (store, limiter) = (Mutex::new(store), Mutex::new(limiter));
        Ok(Self { settings, computed: Arc::new(computed), runtime, store, limiter })
    }

    /// The state, for this thread alone until it lets go. What time alone has ended since is ended in it, for every door
    /// alike.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let deleted = store.state.tables.of::<DeletedApp>();
        self.computed.leave_out(|app| deleted.get(app).is_some());
        sdk::settle(&mut store.state.tables, Stamp::now());
        store
    }

    /// Goes back to the state that the portal began with. What was counted is forgotten; nonces, which nobody may use
    /// again, and how far the clock was moved are not.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let mut store = self.store();
        let mut state = self.settings.seed.state(&self.settings.credentials, Stamp::now())?;
        state.tables.take_over::<Nonce>(&store.state.tables);
        state.tables.take_over::<Advanced>(&store.state.tables);
        store.replace(state)?;
        self.limiter().forget();
        self.runtime.forget_calls();
        self.settings.faults.iter().for_each(Fault::forget);
        Ok(())
    }

    /// Runs what a handler deferred, and locks the state again to record the result, unless that state is gone.
    pub(crate) fn finish(
        &self,
        epoch: u64,
        mut later: Box<dyn Later>,
        answer: Response,
    ) -> (MutexGuard<'_, Store>, Response) {
        later.run();
        let mut store = self.store();
        let answer = if store.epoch == epoch {
            later.finish(&mut store.state.tables, answer)
        } else {
            let message = "The portal was reset while the call was made.";
            Refusal::new(503, "unavailable", message).into_answer()
        };
        (store, answer)
    }

    /// What each PAT has left of its minute.
    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
